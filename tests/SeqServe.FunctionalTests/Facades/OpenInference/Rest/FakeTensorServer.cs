using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Backends;
using SeqServe.FunctionalTests.Support;
using SeqServe.TestSupport;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Rest;

/// <summary>
/// A server with one model of task tensor, <c>t</c>, whose graph is a fake that the test holds and breaks. One request may wait; a batch takes one.
/// </summary>
internal sealed class FakeTensorServer : IAsyncDisposable
{
    private readonly FakeBackends _backends = new();
    private readonly Support.TemporaryRepository _repository = new();

    private FakeTensorServer(IReadOnlyDictionary<string, string>? more, Action<IServiceCollection>? services)
    {
        Directory.CreateDirectory(Path.Combine(_repository.Path, "t", "1"));
        File.WriteAllText(Path.Combine(_repository.Path, "t", "1", "model.onnx"), "");
        File.WriteAllText(
            Path.Combine(_repository.Path, "t", "model.json"),
            """{ "name": "t", "task": "tensor", "batching": { "queue_capacity": 1, "max_batch_size": 1 } }""");
        _backends.MakeTensor = () => Tensors;
        var settings = _repository.Settings;
        settings["SeqServe:Threads"] = "1";
        foreach (var (key, value) in more ?? new Dictionary<string, string>())
            settings[key] = value;
        Server = new SeqServer(settings, collection =>
        {
            collection.AddSingleton<IBackendFactory>(_backends);
            services?.Invoke(collection);
        });
    }

    public FakeTensorBackend Tensors { get; } = new();

    public SeqServer Server { get; }

    public static async Task<FakeTensorServer> StartAsync(
        IReadOnlyDictionary<string, string>? settings = null, Action<IServiceCollection>? services = null, bool overSockets = false)
    {
        var server = new FakeTensorServer(settings, services);
        if (overSockets)
            server.Server.OverKestrel();
        await server.Server.StartAsync();
        server.Tensors.Forget();
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        Tensors.Open();
        await Server.DisposeAsync();
        _backends.Dispose();
        _repository.Dispose();
    }
}
