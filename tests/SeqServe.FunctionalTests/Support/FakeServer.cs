using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Backends;

namespace SeqServe.FunctionalTests.Support;

/// <summary>A server with one model, whose graph is a fake that the test holds and breaks. Two rows may wait; a batch takes one.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    public const string Model = "fake";
    private readonly TemporaryRepository _repository;

    public FakeServer(IReadOnlyDictionary<string, string>? settings = null, Action<IServiceCollection>? services = null)
    {
        _repository = new TemporaryRepository().With(Model, manifest =>
        {
            manifest["batching"]!["queue_capacity"] = 2;
            manifest["batching"]!["max_batch_size"] = 1;
        });
        var all = _repository.Settings;
        // With one thread a held run holds everything, so that what is sent next waits for sure.
        all["SeqServe:Threads"] = "1";
        all["SeqServe:MeasurePlans"] = "false";
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
            all[key] = value;
        Server = new SeqServer(all, collection =>
        {
            collection.AddSingleton<IBackendFactory>(Backends);
            services?.Invoke(collection);
        });
    }

    public FakeBackends Backends { get; } = new();

    public SeqServer Server { get; }

    public static async Task<FakeServer> StartAsync(IReadOnlyDictionary<string, string>? settings = null, Action<IServiceCollection>? services = null)
    {
        var fake = new FakeServer(settings, services);
        await fake.Server.StartAsync();
        return fake;
    }

    /// <summary>Sends a request and returns when its run has begun and is held.</summary>
    public async Task<Task<HttpResponseMessage>> HoldOneAsync(HttpClient client, CancellationToken cancellation = default)
    {
        Backends.HoldRuns();
        var held = client.ClassifyAsync(new { inputs = "held" }, cancellation);
        await Backends.RunHasBegunAsync();
        return held;
    }

    public async ValueTask DisposeAsync()
    {
        Backends.Dispose();
        await Server.DisposeAsync();
        _repository.Dispose();
    }
}
