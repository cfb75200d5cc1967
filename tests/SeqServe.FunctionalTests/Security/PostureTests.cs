using System.Net;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Security;

/// <summary>What a server lets everybody do that was started without a word about security.</summary>
public sealed class PostureTests : IAsyncLifetime
{
    private readonly SeqServer _server = new(new Dictionary<string, string> { ["SeqServe:Models:0"] = Shipped.Default, ["SeqServe:OpenAdmin"] = "false" });
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
    [InlineData($"/v1/models/{Shipped.Default}/load")]
    [InlineData($"/v1/models/{Shipped.Default}/unload")]
    [InlineData("/v1/models/none/unload")]
    public async Task ChangeOfModels_WithoutKeys_IsClosed(string path)
    {
        var problem = await _client.PostAsync(new Uri(path, UriKind.Relative), null).AsProblemAsync(403, "forbidden");

        Assert.Contains("SeqServe__OpenAdmin", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("load")]
    [InlineData("unload")]
    public async Task ChangeOfModels_OverTheOpenInferenceProtocol_IsClosedToo(string verb)
    {
        using var response = await _client.PostAsync(new Uri($"/v2/repository/models/{Shipped.Default}/{verb}", UriKind.Relative), null);

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("/swagger/index.html", HttpStatusCode.OK)]
    [InlineData("/v1/none", HttpStatusCode.NotFound)]
    [InlineData("/favicon.ico", HttpStatusCode.NotFound)]
    [InlineData("/v2/models/none", HttpStatusCode.NotFound)]
    [InlineData("/v1/classify", HttpStatusCode.MethodNotAllowed)]
    public async Task Answer_ThatABrowserMayShow_IsGuarded(string path, HttpStatusCode status)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal(status, response.StatusCode);
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
        Assert.Equal("no-referrer", Assert.Single(response.Headers.GetValues("Referrer-Policy")));
        Assert.Contains("frame-ancestors 'none'", Assert.Single(response.Headers.GetValues("Content-Security-Policy")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/models")]
    [InlineData("/metrics")]
    [InlineData("/health/live")]
    [InlineData("/swagger/v1/swagger.json")]
    [InlineData("/languages")]
    public async Task Answer_OfAnyRoute_IsTakenForWhatItSaysItIs(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));

        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Theory]
    [InlineData("/v1/classify")]
    [InlineData($"/v2/models/{Shipped.Default}/infer")]
    [InlineData("/v2/repository/index")]
    public async Task Request_FromAPageOfAnotherSite_IsRefused(string path)
    {
        using var response = await _client.SendAsync(HttpMethod.Post, path, new { inputs = "good" }, ("Sec-Fetch-Site", "cross-site"));

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task Request_FromAPageOfTheServersOwn_IsAnswered()
    {
        using var response = await _client.SendAsync(
            HttpMethod.Post, Calls.Classify, new { inputs = "good" }, ("Sec-Fetch-Site", "same-origin"), ("Origin", "http://localhost"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
