using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Backends;
using SeqServe.TestSupport;

namespace SeqServe.FunctionalTests.Support;

/// <summary>
/// A server with language models whose graphs are fakes that the test holds and breaks: <c>lm</c> (the default), <c>other</c>, <c>cached</c> with no state to
/// carry, and <c>broken</c>.
/// Two rows may wait, and there is one compute thread: a held run holds everything.
/// </summary>
internal sealed class LanguageModelServer : IAsyncDisposable
{
    public const string Model = "lm";

    // The shipped tokenizer's.
    private const int Vocabulary = 8000;
    private const int StateSize = 64;

    private readonly TemporaryRepository _repository = new();

    public LanguageModelServer(IReadOnlyDictionary<string, string>? settings = null, int queueCapacity = 2)
    {
        foreach (var name in new[] { Model, "other", "cached", "broken" })
        {
            _repository.With(name, manifest =>
            {
                TemporaryRepositoryLanguageModels.MakeLanguageModel(manifest);
                manifest["default"] = name == Model;
                manifest["batching"]!["queue_capacity"] = queueCapacity;
            });
        }

        File.WriteAllText(Path.Combine(_repository.Path, "broken", "1", "model.onnx"), "no graph");
        var factory = new FakeBackendFactory { MakeDecoder = Make };
        Dictionary<string, string> all = new(_repository.Settings) { ["SeqServe:Threads"] = "1" };
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
            all[key] = value;
        Server = new SeqServer(all, services => services.AddSingleton<IBackendFactory>(factory));
    }

    public SeqServer Server { get; }

    /// <summary>The graph of the default model.</summary>
    public FakeDecoder Graph { get; private set; } = null!;

    public static async Task<LanguageModelServer> StartAsync(
        IReadOnlyDictionary<string, string>? settings = null,
        int queueCapacity = 2,
        bool overKestrel = false)
    {
        var server = new LanguageModelServer(settings, queueCapacity);
        if (overKestrel)
            server.Server.OverKestrel();
        await server.Server.StartAsync();
        server.Graph.Forget();
        return server;
    }

    /// <summary>Holds the only compute thread with a request of its own; it is answered when the server is disposed, if not before.</summary>
    public Task<HttpResponseMessage> Hold(HttpClient client)
    {
        Graph.Close();
        var held = client.PostJsonAsync(LanguageModelCalls.NextToken, new { inputs = "held" });
        Graph.AwaitStart();
        return held;
    }

    public async ValueTask DisposeAsync()
    {
        Graph.Open();
        await Server.DisposeAsync();
        _repository.Dispose();
    }

    private FakeDecoder Make(string graphFile)
    {
        var name = Path.GetFileName(Path.GetDirectoryName(Path.GetDirectoryName(graphFile)));
        var made = new FakeDecoder(Vocabulary) { StateSize = name == "cached" ? 0 : StateSize };
        if (name == Model)
            Graph = made;
        return made;
    }
}
