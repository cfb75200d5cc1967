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

    private FakeTensorServer()
    {
        Directory.CreateDirectory(Path.Combine(_repository.Path, "t", "1"));
        File.WriteAllText(Path.Combine(_repository.Path, "t", "1", "model.onnx"), "");
        File.WriteAllText(
            Path.Combine(_repository.Path, "t", "model.json"),
            """{ "name": "t", "task": "tensor", "batching": { "queue_capacity": 1, "max_batch_size": 1 } }""");
        _backends.MakeTensor = () => Tensors;
        var settings = _repository.Settings;
        settings["SeqServe:Threads"] = "1";
        Server = new SeqServer(settings, services => services.AddSingleton<IBackendFactory>(_backends));
    }

    public FakeTensorBackend Tensors { get; } = new();

    public SeqServer Server { get; }

    public static async Task<FakeTensorServer> StartAsync()
    {
        var server = new FakeTensorServer();
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
