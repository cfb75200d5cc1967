using System.Net;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Security;

public sealed class RateLimitTests
{
    private const string Slow = "a-key-with-three-a-minute";
    private const string Free = "a-key-with-no-rate-at-all";

    [Fact]
    public async Task Key_OverItsRate_IsTurnedAwayWhileOthersAreNot()
    {
        await using var server = await new SeqServer(new Dictionary<string, string>
        {
            ["SeqServe:Models:0"] = Shipped.Default,
            ["SeqServe:ApiKeys:slow:Key"] = Slow,
            ["SeqServe:ApiKeys:slow:RequestsPerMinute"] = "3",
            ["SeqServe:ApiKeys:free:Key"] = Free,
        }).StartAsync();
        using var client = server.CreateClient();

        for (var i = 0; i < 3; i++)
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, Slow));
        using var refused = await client.SendAsync(HttpMethod.Get, "/v1/models", null, ("X-Api-Key", Slow));

        var problem = await Problems.ReadAsync(refused, 429, "rate-limited");
        Assert.Contains("3 requests a minute", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        // A token comes back each 20 s.
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 20);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(client, Free));
        var page = await MetricsPage.ReadAsync(client);
        Assert.Equal((4, 1), (page.Requests("ok"), page.Requests("overloaded")));
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient client, string key)
    {
        using var response = await client.SendAsync(HttpMethod.Get, "/v1/models", null, ("X-Api-Key", key));
        return response.StatusCode;
    }
}
