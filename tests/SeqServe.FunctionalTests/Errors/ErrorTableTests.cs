using System.Net;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Errors;

public sealed class ErrorTableTests(ErrorServers servers) : IClassFixture<ErrorServers>
{
    private static readonly string[] s_slugs =
    [
        "invalid-request", "unauthorized", "forbidden", "cross-site", "load-failed", "model-not-found", "state-mismatch", "not-found",
        "method-not-allowed", "request-timeout", "payload-too-large", "unsupported-media-type",
        "input-too-long", "input-empty", "overloaded", "rate-limited", "model-not-ready", "draining", "deadline-exceeded", "inference-failed", "internal-error",
    ];

    public static TheoryData<string> Rows => [.. ErrorTable.Rows.Select(r => r.ToString())];

    [Fact]
    public void Rows_Together_AreTheWholeTable() => Assert.Equal(s_slugs.Order(), ErrorTable.Rows.Select(r => r.Slug).Distinct().Order());

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Request_ThatFails_IsAnsweredAsItsRowSays(string name)
    {
        var row = ErrorTable.Rows.Single(r => r.ToString() == name);

        using var response = await row.Provoke(servers);

        var problem = row.IsOpenAI ? await OpenAIErrors.ReadAsync(response, row.Status, row.Slug) : await Problems.ReadAsync(response, row.Status, row.Slug);
        Assert.Equal(row.Field is null ? [] : [row.Field], row.IsOpenAI ? problem.Param() : problem.Errors().Keys);
        Assert.DoesNotContain("secret", problem.GetRawText(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable, response.Headers.RetryAfter is not null);
        Assert.True(response.Headers.RetryAfter is null || response.Headers.RetryAfter.Delta >= TimeSpan.FromSeconds(1));
        Assert.Single(response.Headers.GetValues("X-Request-Id"));
        Assert.True(row.Operation.Length == 0 || response.Headers.Contains("X-Content-Type-Options"));
    }

    [Fact]
    public async Task MethodNotAllowed_Always_SaysWhichAreAllowed()
    {
        var client = await servers.SmallBodiesAsync();

        using var response = await client.GetAsync(new Uri(Calls.Classify, UriKind.Relative));

        Assert.Equal(["POST"], response.Content.Headers.Allow);
    }

    [Fact]
    public async Task ModelNotReady_OfABrokenModel_TellsTheReason()
    {
        var client = await servers.BrokenModelAsync();

        var problem = await client.ClassifyAsync(new { inputs = "good", model = "broken" }).AsProblemAsync(503, "model-not-ready");

        Assert.Contains("differs from its sha256", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task TraceId_OfARequestWithTraceparent_IsTheCallers()
    {
        var client = await servers.SmallBodiesAsync();

        using var response = await client.SendAsync(
            HttpMethod.Get, "/v1/models/none", null, ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));

        var problem = await Problems.ReadAsync(response, 404, "model-not-found");
        Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", problem.GetProperty("trace_id").GetString());
    }
}
