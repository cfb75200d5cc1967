using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.LanguageModeling;

/// <summary>A loaded language model: tokenizer, graphs, the decoding loops and the scoring queue in front of them.</summary>
public sealed class ServedLanguageModel : ServedModel
{
    /// <summary>Reads and continues texts.</summary>
    public const string DecodeOperation = "decode";

    /// <summary>Scores texts.</summary>
    public const string ScoreOperation = "score";

    private readonly ILanguageModelBackend _backend;

    internal ServedLanguageModel(
        ModelLoad load, ITextTokenizer tokenizer, ILanguageModelBackend backend, ContinuousBatcher batcher, DynamicBatcher<ScoringRow>? scorer)
        : base(load, backend.Device)
    {
        _backend = backend;
        Tokenizer = tokenizer;
        Batcher = batcher;
        Scorer = scorer;
    }

    /// <summary>Turns its texts into ids and back.</summary>
    public ITextTokenizer Tokenizer { get; }

    /// <summary>The queue and the loops.</summary>
    public ContinuousBatcher Batcher { get; }

    /// <summary>The queue of texts to be scored; null when the model has no graph for it.</summary>
    public DynamicBatcher<ScoringRow>? Scorer { get; }

    /// <summary>Floats of one sequence's recurrent state; 0 where the past is a cache.</summary>
    public int StateSize => _backend.StateSize;

    /// <summary>Most tokens of prompt and answer together.</summary>
    public int ContextLength => Manifest.Limits.MaxInputTokens + Manifest.Limits.MaxOutputTokens!.Value;

    /// <summary>The id that ends a text.</summary>
    public int EndId => Manifest.Tokenizer!.EndId!.Value;

    /// <summary>Number of token ids.</summary>
    public int VocabularySize => _backend.VocabularySize;

    /// <inheritdoc/>
    public override IAdmission? QueueOf(string operation) => operation switch
    {
        DecodeOperation => Batcher,
        ScoreOperation => Scorer,
        _ => null,
    };
}
