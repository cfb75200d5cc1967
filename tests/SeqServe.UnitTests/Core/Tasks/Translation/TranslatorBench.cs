using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Tasks.Translation;
using SeqServe.Core.Tokenization;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Registry;
using SeqServe.UnitTests.Core.Tokenization;

namespace SeqServe.UnitTests.Core.Tasks.Translation;

/// <summary>The use case over a fake translator <c>en-fr-a</c> with the shipped tokenizer, one compute thread and a clock that does not advance.</summary>
internal sealed class TranslatorBench : IDisposable
{
    private readonly TemporaryRepository _repository = new();

    public TranslatorBench(int queueCapacity = 1024, int slots = 32, bool attention = true, Action<TemporaryRepository>? more = null,
        Func<FakeDecoder>? model = null, Action<JsonObject>? edit = null)
    {
        _repository.AddFakeTranslator("en-fr-a", edit: json =>
        {
            json["default"] = true;
            json["batching"] = new JsonObject { ["queue_capacity"] = queueCapacity, ["max_batch_size"] = slots };
            if (attention)
                json["attention"] = "attention";
            edit?.Invoke(json);
        });
        more?.Invoke(_repository);
        Registry = new RegistryBench(_repository);
        var vocabulary = Tokenizer.VocabularySize;
        Registry.Backends.MakeDecoder = _ => Model = model?.Invoke() ?? EchoTranslator.Make(vocabulary);
        Registry.Load();
        Model.Forget();
        Models = new TranslationModels(Registry.Registry);
        Translator = new Translator(Models, Time);
    }

    public static ITextTokenizer Tokenizer { get; } = ShippedTokenizer.With(end: EchoTranslator.EndId);

    public RegistryBench Registry { get; }

    public FakeDecoder Model { get; private set; } = null!;

    public TranslationModels Models { get; }

    public Translator Translator { get; }

    public FakeTimeProvider Time => Registry.Time;

    public ServedRequest Observed { get; } = new();

    /// <summary>Sequences that hold slots.</summary>
    public int Active
    {
        get
        {
            using var lease = Registry.Registry.Acquire<ServedTranslator>(TranslationTask.TaskName, null, null);
            return lease.Model.Batcher.ActiveSequences;
        }
    }

    /// <summary>What the fake makes of a sentence.</summary>
    public static string Reversed(string sentence)
    {
        var ids = Tokenizer.Encode(sentence, 1000).Ids[..^1];
        Array.Reverse(ids);
        return Tokenizer.Decode(ids);
    }

    public Task<TranslationResponse> Translate(params string[] texts) => Translate(new TranslationRequest(texts));

    public Task<TranslationResponse> Translate(TranslationRequest request, CancellationToken cancellation = default) =>
        Patience.Wait(Translator.TranslateAsync(request, Observed, cancellation));

    public async Task<List<TranslationDelta>> Stream(TranslationRequest request, CancellationToken cancellation = default)
    {
        await using var running = Translator.Start(request, Observed, streamed: true, cancellation);
        var deltas = new List<TranslationDelta>();
        await foreach (var delta in running.ReadDeltas(cancellation))
            deltas.Add(delta);
        return deltas;
    }

    public void Dispose()
    {
        Model.Open();
        Registry.Dispose();
        _repository.Dispose();
    }
}
