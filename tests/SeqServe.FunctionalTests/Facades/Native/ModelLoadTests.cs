using System.Net;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

public sealed class ModelLoadTests : IAsyncLifetime
{
    private const string Name = "film";
    private const string AdminKey = "the-admin-key-of-the-tests";
    private const string OtherKey = "another-key-of-the-tests";

    private readonly TemporaryRepository _repository = new TemporaryRepository().With(Name);
    private SeqServer _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        _server = await new SeqServer(new Dictionary<string, string>
        {
            ["SeqServe:ModelRepository"] = _repository.Path,
            ["SeqServe:ApiKeys:admin:Key"] = AdminKey,
            ["SeqServe:ApiKeys:admin:Admin"] = "true",
            ["SeqServe:ApiKeys:other:Key"] = OtherKey,
        }).StartAsync();
        _client = _server.CreateClient();
        _client.DefaultRequestHeaders.Add("X-Api-Key", AdminKey);
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
        _repository.Dispose();
    }

    [Fact]
    public async Task Load_AgainAndAgainUnderRequests_FailsNone()
    {
        var expected = (await ClassifyAsync()).Results()[0].Scores();
        using var stop = new CancellationTokenSource();
        var answered = 0;
        var clients = Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                Assert.Equal(expected, (await ClassifyAsync()).Results()[0].Scores());
                Interlocked.Increment(ref answered);
            }
        })).ToList();

        for (var i = 0; i < 10; i++)
            await PostAsync("load").ReadAsync();
        await stop.CancelAsync();
        await TestSupport.Patience.Wait(Task.WhenAll(clients));

        Assert.True(answered > 0);
    }

    [Fact]
    public async Task Load_OfABrokenVersion_SaysWhyAndTheOldGoesOn()
    {
        var version = Directory.CreateDirectory(Path.Combine(_repository.Path, Name, "2"));
        await File.WriteAllTextAsync(Path.Combine(version.FullName, "model.onnx"), "version https://git-lfs.github.com/spec/v1");

        using var response = await PostAsync("load");

        var problem = await Problems.ReadAsync(response, 422, "load-failed");
        Assert.Contains("Version 2", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain(_repository.Path, problem.GetRawText(), StringComparison.Ordinal);
        Assert.Single((await ClassifyAsync()).Results());
    }

    [Fact]
    public async Task Unload_ThenLoad_TakesTheModelOutAndBackIn()
    {
        Assert.Contains(
            (await PostAsync("unload").ReadAsync()).GetProperty("versions")[0].GetProperty("state").GetString(),
            new[] { "Unloading", "Unavailable" });
        using var refused = await _client.ClassifyAsync(new { inputs = Calls.Review, model = Name });
        await Problems.ReadAsync(refused, 503, "model-not-ready");
        using var ready = await _client.GetAsync("/health/ready");
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);

        var model = await PostAsync("load").ReadAsync();

        Assert.Equal("Ready", model.GetProperty("versions")[0].GetProperty("state").GetString());
        Assert.Single((await ClassifyAsync()).Results());
    }

    [Theory]
    [InlineData("load")]
    [InlineData("unload")]
    public async Task Change_OfAnUnknownModel_IsNotFound(string verb)
    {
        using var response = await _client.PostAsync($"/v1/models/..%2F{Name}/{verb}", null);

        await Problems.ReadAsync(response, 404, "model-not-found");
    }

    [Theory]
    [InlineData("load")]
    [InlineData("unload")]
    public async Task Change_WithAKeyThatIsNotAdmin_IsForbidden(string verb)
    {
        using var client = _server.CreateClient();

        using var response = await client.SendAsync(HttpMethod.Post, $"/v1/models/{Name}/{verb}", null, ("X-Api-Key", OtherKey));

        await Problems.ReadAsync(response, 403, "forbidden");
        Assert.Single((await ClassifyAsync()).Results());
    }

    private Task<System.Text.Json.JsonElement> ClassifyAsync() => _client.ClassifyAsync(new { inputs = Calls.Review, model = Name }).ReadAsync();

    private Task<HttpResponseMessage> PostAsync(string verb) => _client.PostAsync($"/v1/models/{Name}/{verb}", null);
}
