using System.Net;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Registry;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Observability;

public sealed class HealthTests
{
    private const HttpStatusCode Ok = HttpStatusCode.OK;
    private const HttpStatusCode Unavailable = HttpStatusCode.ServiceUnavailable;

    [Fact]
    public async Task Health_WhileModelsLoad_IsLiveAndNeitherStartedNorReady()
    {
        await using var fake = new FakeServer();
        fake.Backends.HoldLoads();
        fake.Server.Begin();
        using var client = fake.Server.CreateClient();
        await fake.Backends.LoadHasBegunAsync();

        await AssertAsync(client, live: Ok, startup: Unavailable, ready: Unavailable);
        using var refused = await client.ClassifyAsync(new { inputs = "early" });
        var problem = await Problems.ReadAsync(refused, 503, "model-not-ready");
        Assert.Contains("Loading", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.NotNull(refused.Headers.RetryAfter);
        var model = await client.GetAsync(new Uri($"/v1/models/{FakeServer.Model}", UriKind.Relative)).ReadAsync();
        Assert.Equal("Loading", model.GetProperty("versions")[0].GetProperty("state").GetString());

        fake.Backends.ReleaseLoads();
        await fake.Server.StartAsync();
        await AssertAsync(client, live: Ok, startup: Ok, ready: Ok);
    }

    [Fact]
    public async Task Probe_WhileModelsLoad_LogsNothingAboveDebug()
    {
        var log = new CapturedLog();
        var settings = new Dictionary<string, string> { ["Serilog:MinimumLevel:Default"] = "Debug" };
        await using var fake = new FakeServer(settings, services => services.AddSingleton<Serilog.Core.ILogEventSink>(log));
        fake.Backends.HoldLoads();
        fake.Server.Begin();
        using var client = fake.Server.CreateClient();
        await fake.Backends.LoadHasBegunAsync();
        log.Forget();

        await AssertAsync(client, live: Ok, startup: Unavailable, ready: Unavailable);

        Assert.DoesNotContain(log.Lines, line => line.Level > Serilog.Events.LogEventLevel.Debug);
        Assert.Equal(3, log.Requests.Count);
        fake.Backends.ReleaseLoads();
        await fake.Server.StartAsync();
    }

    [Fact]
    public async Task Health_WithABrokenModel_IsStartedAndNotReadyAndNamesIt()
    {
        using var repository = new TemporaryRepository().With("whole").WithBroken("broken");
        await using var server = await new SeqServer(repository.Settings).StartAsync();
        using var client = server.CreateClient();

        await AssertAsync(client, live: Ok, startup: Ok, ready: Unavailable);
        var ready = await client.GetAsync(new Uri("/health/ready", UriKind.Relative)).ReadAsync(Unavailable);
        var model = Assert.Single(ready.GetProperty("models").EnumerateObject());
        Assert.Equal("broken/1", model.Name);
        Assert.StartsWith("Unavailable: ", model.Value.GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Health_WithABrokenModelAndKeys_GivesTheReasonToThoseWhoHoldOne()
    {
        const string Key = "the-key-of-the-health-tests";
        using var repository = new TemporaryRepository().With("whole").WithBroken("broken");
        await using var server = await new SeqServer(new Dictionary<string, string>(repository.Settings) { ["SeqServe:ApiKeys:tests:Key"] = Key }).StartAsync();
        using var client = server.CreateClient();

        var withoutKey = await client.SendAsync(HttpMethod.Get, "/health/ready", null).ReadAsync(Unavailable);
        var withKey = await client.SendAsync(HttpMethod.Get, "/health/ready", null, ("X-Api-Key", Key)).ReadAsync(Unavailable);

        Assert.Equal("unavailable", withoutKey.GetProperty("status").GetString());
        Assert.Empty(withoutKey.GetProperty("models").EnumerateObject());
        Assert.Single(withKey.GetProperty("models").EnumerateObject());
    }

    [Fact]
    public async Task Health_WhileDraining_IsLiveAndNotReady()
    {
        await using var fake = await FakeServer.StartAsync();
        using var client = fake.Server.CreateClient();

        fake.Server.Services.GetRequiredService<ModelRegistry>().Drain();

        await AssertAsync(client, live: Ok, startup: Ok, ready: Unavailable);
    }

    private static async Task AssertAsync(HttpClient client, HttpStatusCode live, HttpStatusCode startup, HttpStatusCode ready)
    {
        foreach (var (name, expected) in new[] { ("live", live), ("startup", startup), ("ready", ready) })
        {
            var health = await client.GetAsync(new Uri($"/health/{name}", UriKind.Relative)).ReadAsync(expected);
            Assert.Equal(expected == Ok ? "ok" : "unavailable", health.GetProperty("status").GetString());
        }
    }
}
