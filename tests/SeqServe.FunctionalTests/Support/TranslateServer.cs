using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Backends;
using SeqServe.TestSupport;

namespace SeqServe.FunctionalTests.Support;

/// <summary>
/// A server with two fake translators, <c>en-fr-a</c> (the default) and <c>fr-en-a</c>, which translate a sentence into itself, a broken one, and no other
/// model.
/// Each takes 16 sentences at once, and <see cref="QueueCapacity"/> may wait.
/// </summary>
internal sealed class TranslateServer : IAsyncDisposable
{
    public const string Broken = "en-fr-broken";
    public const int QueueCapacity = 64;
    private const int EndId = 3;
    private readonly SeqServe.TestSupport.TemporaryRepository _repository = new();
    private readonly FakeBackendFactory _backends = new();

    private TranslateServer(IReadOnlyDictionary<string, string>? settings)
    {
        AddTranslator("en-fr-a", "en", "fr");
        AddTranslator("fr-en-a", "fr", "en");
        AddTranslator(Broken, "en", "fr");
        _backends.MakeDecoder = file =>
            file.Contains(Broken, StringComparison.Ordinal) ? throw new BackendException("no graph")
            : file.Contains("en-fr-a", StringComparison.Ordinal) ? Model
            : new FakeDecoder(Model.VocabularySize) { Answer = Echo };
        Model.Answer = Echo;
        var all = new Dictionary<string, string> { ["SeqServe:ModelRepository"] = _repository.Root, ["SeqServe:Threads"] = "1" };
        foreach (var (key, value) in settings ?? new Dictionary<string, string>())
            all[key] = value;
        Server = new SeqServer(all, services => services.AddSingleton<IBackendFactory>(_backends));
    }

    /// <summary>The model behind <c>en-fr-a</c>.</summary>
    public FakeDecoder Model { get; } = new(8000);

    public SeqServer Server { get; }

    public static async Task<TranslateServer> StartAsync(IReadOnlyDictionary<string, string>? settings = null, bool overSockets = false)
    {
        var server = new TranslateServer(settings);
        if (overSockets)
            server.Server.OverKestrel();
        await server.Server.StartAsync();
        server.Model.Forget();
        return server;
    }

    public HttpClient CreateClient() => Server.CreateClient();

    public async ValueTask DisposeAsync()
    {
        Model.Open();
        await Server.DisposeAsync();
        _repository.Dispose();
    }

    private void AddTranslator(string name, string source, string target) => _repository.AddFakeTranslator(name, source, target, json =>
    {
        json["default"] = name == "en-fr-a";
        json["attention"] = "attention";
        json["batching"] = new JsonObject { ["queue_capacity"] = QueueCapacity, ["max_batch_size"] = 16 };
    });

    private float[] Echo(IReadOnlyList<int> read)
    {
        // Source, its end id, the mark, the begin id, what was said so far.
        var end = read.ToList().IndexOf(FakeDecoder.EndOfSource);
        var said = read.Count - end - 2;
        var logits = new float[Model.VocabularySize];
        logits[said < end - 1 ? read[said] : EndId] = 10;
        logits[5] = 8;
        return logits;
    }
}
