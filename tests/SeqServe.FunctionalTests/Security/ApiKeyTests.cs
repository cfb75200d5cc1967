using System.Net;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Security;

public sealed class ApiKeyTests : IAsyncLifetime
{
    private const string Key = "the-first-key-of-the-tests";
    private const string Other = "the-second-key-of-the-tests";

    private readonly SeqServer _server = new(new Dictionary<string, string>
    {
        ["SeqServe:Models:0"] = Shipped.Default,
        ["SeqServe:ApiKeys:first:Key"] = Key,
        ["SeqServe:ApiKeys:second:Key"] = Other,
    });

    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        _client = _server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("Authorization", "Bearer " + Key)]
    [InlineData("Authorization", "bearer " + Key)]
    [InlineData("Authorization", "Bearer   " + Other)]
    [InlineData("X-Api-Key", Key)]
    [InlineData("X-Api-Key", Other)]
    public async Task Request_WithAKnownKey_IsAnswered(string header, string value)
    {
        using var response = await _client.SendAsync(HttpMethod.Post, Calls.Classify, new { inputs = "good" }, (header, value));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("Authorization", "Bearer")]
    [InlineData("Authorization", "Bearer ")]
    [InlineData("Authorization", "Bearer " + Key + "x")]
    [InlineData("Authorization", "Basic " + Key)]
    [InlineData("X-Api-Key", "")]
    [InlineData("X-Api-Key", "THE-FIRST-KEY-OF-THE-TESTS")]
    [InlineData("X-Other", Key)]
    public async Task Request_WithoutAKnownKey_IsUnauthorized(string header, string value)
    {
        using var response = await _client.SendAsync(HttpMethod.Post, Calls.Classify, new { inputs = "good" }, (header, value));

        var problem = await Problems.ReadAsync(response, 401, "unauthorized");
        Assert.Equal("Bearer", response.Headers.WwwAuthenticate.ToString());
        Assert.Contains("X-Api-Key", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(Key, problem.GetRawText(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Request_Unauthorized_IsRefusedBeforeItsBodyIsRead()
    {
        await _client.ClassifyRawAsync("{not json").AsProblemAsync(401, "unauthorized");

        Assert.Equal(1, (await MetricsPage.ReadAsync(_client)).Requests("client_error"));
    }

    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    [InlineData("/health/startup")]
    [InlineData("/metrics")]
    [InlineData("/swagger/index.html")]
    [InlineData("/swagger/v1/swagger.json")]
    public async Task Route_OutsideOfTheApi_StaysOpen(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("http://localhost//v1/models")]
    [InlineData("http://localhost/%76%31/models")]
    [InlineData("http://localhost/v1%2fmodels")]
    [InlineData("http://localhost/health/../v1/models")]
    [InlineData("http://localhost/health/%2e%2e/v1/models")]
    [InlineData("http://localhost/v1/./models/")]
    public async Task Route_OfTheApiInDisguise_GivesNothingWithoutAKey(string address)
    {
        using var response = await _client.GetAsync(new Uri(address));

        Assert.True(response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.NotFound, $"{address}: {response.StatusCode}");
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/v1/models/sentiment-lstm")]
    [InlineData("/v1/none")]
    [InlineData("/V1/models")]
    public async Task Route_OfTheApi_NeedsAKey(string path)
    {
        await _client.GetAsync(new Uri(path, UriKind.Relative)).AsProblemAsync(401, "unauthorized");
    }
}
