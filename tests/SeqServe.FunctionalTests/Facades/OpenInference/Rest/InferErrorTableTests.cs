using SeqServe.Core.Backends;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Rest;

/// <summary>The rows of the error table that need a server of their own.</summary>
public sealed class InferErrorTableTests(ErrorServers servers) : IClassFixture<ErrorServers>
{
    private const string Text = """{"inputs": [{"name": "text", "shape": [1], "datatype": "BYTES", "data": ["good"]}]}""";
    private const string Ids = """{"inputs": [{"name": "x", "shape": [1, 2], "datatype": "FP32", "data": [1, 2]}]}""";

    [Fact]
    public async Task NoKey_Is401_AndProbesNeedNone()
    {
        var client = await servers.KeyedAsync();

        Assert.Contains("known key", await client.InferAsync(Shipped.Default, Text).ErrorAsync(401), StringComparison.Ordinal);
        Assert.Contains("known key", await client.GetAsync(new Uri("/v2", UriKind.Relative)).ErrorAsync(401), StringComparison.Ordinal);
        Assert.True((await client.GetJsonAsync("/v2/health/live")).GetProperty("live").GetBoolean());
    }

    [Fact]
    public async Task SpentRate_Is429() =>
        Assert.Contains(
            "requests a minute",
            await (await servers.KeyedAsync()).InferAsync(Shipped.Default, Text, ("X-Api-Key", ErrorServers.SpentKey)).ErrorAsync(429),
            StringComparison.Ordinal);

    [Fact]
    public async Task EmptyText_Is422() => Assert.StartsWith(
        "text[0]: ",
        await (await servers.SmallBodiesAsync()).InferAsync(Shipped.Default, Text.Replace("good", " ", StringComparison.Ordinal)).ErrorAsync(422),
        StringComparison.Ordinal);

    [Fact]
    public async Task BrokenModel_Is503WithItsReason()
    {
        var client = await servers.BrokenModelAsync();

        Assert.Contains("differs from its sha256", await client.InferAsync("broken", Text).ErrorAsync(503), StringComparison.Ordinal);
        Assert.Contains(
            "differs from its sha256", await client.GetAsync(new Uri("/v2/models/broken/ready", UriKind.Relative)).ErrorAsync(503), StringComparison.Ordinal);
        using var ready = await client.GetAsync(new Uri("/v2/health/ready", UriKind.Relative));
        Assert.Equal((503, """{"ready":false}"""), ((int)ready.StatusCode, await ready.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task Shutdown_Is503() =>
        Assert.Contains("shutting down", await (await servers.DrainingAsync()).InferAsync(Shipped.Default, Text).ErrorAsync(503), StringComparison.Ordinal);

    [Fact]
    public async Task FaultOfTheServer_Is500WithoutASecret() =>
        Assert.DoesNotContain(
            "secret", await (await servers.FaultyAsync()).InferAsync(Shipped.Default, Text).ErrorAsync(500), StringComparison.OrdinalIgnoreCase);

    [Fact]
    public async Task FailingGraph_Is500WithoutASecret()
    {
        var fake = await FakeAsync();
        fake.Tensors.OnRun = () => throw new BackendException("The operator System.Secret in /etc/secret failed.");

        Assert.DoesNotContain("secret", await fake.Client.InferAsync("t", Ids).ErrorAsync(500), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task FullQueue_Is429()
    {
        var fake = await FakeAsync();
        fake.Tensors.Close();
        var held = fake.Client.InferAsync("t", Ids);
        fake.Tensors.AwaitStart();
        // One waits; which of two is refused depends on which comes first.
        var first = await Task.WhenAny(fake.Client.InferAsync("t", Ids), fake.Client.InferAsync("t", Ids));

        Assert.Contains("queue is full", await first.ErrorAsync(429), StringComparison.Ordinal);
        fake.Tensors.Open();
        (await held).Dispose();
    }

    [Fact]
    public async Task Deadline_OfTheHeaderOrOfTheParameters_Is504()
    {
        var fake = await FakeAsync();
        fake.Tensors.Close();

        Assert.Contains("deadline", await fake.Client.InferAsync("t", Ids, ("X-Request-Timeout-Ms", "1")).ErrorAsync(504), StringComparison.Ordinal);
        Assert.Contains(
            "deadline", await fake.Client.InferAsync("t", Ids[..^1] + ""","parameters": {"timeout": 1000}}""").ErrorAsync(504), StringComparison.Ordinal);
        fake.Tensors.Open();
    }

    [Fact]
    public async Task Fetch_OfUnknownModels_BeginsAsClientsExpect()
    {
        var client = await servers.SmallBodiesAsync();

        foreach (var rest in new[] { "", "/ready", "/config", "/stats", "/versions/1" })
            Assert.StartsWith(
                "Request for unknown model",
                await client.GetAsync(new Uri($"/v2/models/none{rest}", UriKind.Relative)).ErrorAsync(404),
                StringComparison.Ordinal);
    }

    private async Task<(HttpClient Client, TestSupport.FakeTensorBackend Tensors)> FakeAsync()
    {
        var fake = await servers.TensorsAsync();
        return (fake.Server.CreateClient(), fake.Tensors);
    }
}
