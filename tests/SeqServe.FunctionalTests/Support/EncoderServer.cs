using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Backends;
using SeqServe.FunctionalTests.HuggingFace;

namespace SeqServe.FunctionalTests.Support;

/// <summary>
/// A server with a tagger, a reranker and an embedding model in folders of Hugging Face's kind, whose graphs are fakes that the test holds and breaks, and a
/// broken one. Two rows may wait; a batch takes one.
/// </summary>
internal sealed class EncoderServer : IAsyncDisposable
{
    public const string Broken = "broken";

    private static readonly Dictionary<string, (string Folder, int Width, bool IsPerToken)> s_models = new()
    {
        [Encoders.Tag.Model] = ("bert-slots", 72, true),
        [Encoders.Rerank.Model] = ("bert-reranker", 1, false),
        [Encoders.Embed.Model] = ("bert-sentences", 64, true),
    };

    private readonly TestSupport.TemporaryRepository _repository = new();

    private EncoderServer()
    {
        foreach (var (name, (folder, _, _)) in s_models)
        {
            foreach (var file in new[] { "config.json", "tokenizer.json", "tokenizer_config.json" })
                _repository.Write($"{name}/{file}", File.ReadAllText(Path.Combine(HuggingFaceServer.Models, folder, file)));
            _repository.Write($"{name}/model.onnx", "");
            _repository.Write($"{name}/model.json", """{ "batching": { "queue_capacity": 2, "max_batch_size": 1 } }""");
        }

        _repository.Write($"{Broken}/config.json", "{");
        Backends.Shape = static owner => s_models[owner.Split(' ')[0]] is var (_, width, isPerToken) ? (width, isPerToken) : default;
        // With one thread a held run holds everything, so that what is sent next waits for sure.
        var settings = new Dictionary<string, string>
        {
            ["SeqServe:ModelRepository"] = _repository.Root,
            ["SeqServe:Threads"] = "1",
            ["SeqServe:MeasurePlans"] = "false",
        };
        Server = new SeqServer(settings, services => services.AddSingleton<IBackendFactory>(Backends));
    }

    public FakeBackends Backends { get; } = new();

    public SeqServer Server { get; }

    public static async Task<EncoderServer> StartAsync()
    {
        var server = new EncoderServer();
        await server.Server.StartAsync();
        return server;
    }

    /// <summary>Sends a request and returns when its run has begun and is held.</summary>
    public async Task HoldOneAsync(HttpClient client, EncoderRoute route)
    {
        Backends.HoldRuns();
        _ = client.PostJsonAsync(route.Path, route.Body("held"));
        await Backends.RunHasBegunAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Backends.Dispose();
        await Server.DisposeAsync();
        _repository.Dispose();
    }
}

/// <summary>A route over an encoder.</summary>
/// <param name="Path">Its path.</param>
/// <param name="Model">The model that answers it.</param>
/// <param name="Field">The field of its texts.</param>
/// <param name="More">What else a request needs.</param>
internal sealed record EncoderRoute(string Path, string Model, string Field, (string Key, object Value)? More = null)
{
    public string Operation => $"POST {Path}";

    /// <summary>A request.</summary>
    /// <param name="texts">A text or several.</param>
    /// <param name="model">The model; that of the route by default.</param>
    public Dictionary<string, object> Body(object texts, string? model = null)
    {
        var body = new Dictionary<string, object> { [Field] = texts, ["model"] = model ?? Model };
        if (More is var (key, value))
            body[key] = value;
        return body;
    }
}

/// <summary>The routes over encoders beside that of classification.</summary>
internal static class Encoders
{
    public static EncoderRoute Tag { get; } = new("/v1/tag", "tagger", "inputs");

    public static EncoderRoute Rerank { get; } = new("/v1/rerank", "reranker", "documents", ("query", " "));

    public static EncoderRoute Embed { get; } = new("/v1/embeddings", "embedder", "input");
}
