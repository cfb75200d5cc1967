using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks.LanguageModeling;

/// <summary>A loaded language model: a decoder with the scoring queue beside it.</summary>
public sealed class ServedLanguageModel : ServedDecoder
{
    /// <summary>Reads and continues texts.</summary>
    public const string DecodeOperation = "decode";

    /// <summary>Scores texts.</summary>
    public const string ScoreOperation = "score";

    private readonly ILanguageModelBackend _backend;

    internal ServedLanguageModel(
        ModelLoad load, ITextTokenizer tokenizer, ILanguageModelBackend backend, ContinuousBatcher batcher, DynamicBatcher<ScoringRow>? scorer)
        : base(load, tokenizer, backend, batcher)
    {
        _backend = backend;
        Scorer = scorer;
    }

    /// <summary>The queue of texts to be scored; null when the model has no graph for it.</summary>
    public DynamicBatcher<ScoringRow>? Scorer { get; }

    /// <summary>Floats of one sequence's recurrent state; 0 where the past is a cache.</summary>
    public int StateSize => _backend.StateSize;

    /// <summary>Most tokens of prompt and answer together.</summary>
    public int ContextLength => Manifest.Limits.MaxContextTokens;

    /// <inheritdoc/>
    public override SamplingOptions Sampling => ((LanguageModelingSection)Manifest.Section).Sampling;

    /// <inheritdoc/>
    public override bool ContinuesPrompts => true;

    /// <inheritdoc/>
    public override int PromptVocabularySize => VocabularySize;

    /// <inheritdoc/>
    public override int RoomFor(int promptTokens) => Math.Min(Manifest.Limits.MaxOutputTokens!.Value, ContextLength - promptTokens);

    /// <inheritdoc/>
    public override ModelDetails Describe() => base.Describe() with { MaxContextTokens = ContextLength };

    /// <inheritdoc/>
    public override IEnumerable<string> Facts() =>
    [
        $"draws tokens with temperature {Sampling.Temperature ?? 1}{(Sampling.TopK is { } topK ? $", top_k {topK}" : "")}"
            + $"{(Sampling.TopP is { } topP ? $", top_p {topP}" : "")} unless a request says otherwise",
        Scorer is null ? "cannot score texts: its graph gives the logits of the last position only" : "scores texts",
    ];

    /// <inheritdoc/>
    public override IAdmission? QueueOf(string operation) => operation switch
    {
        DecodeOperation => Batcher,
        ScoreOperation => Scorer,
        _ => null,
    };

    /// <inheritdoc/>
    private protected override (string Rows, string Reason) RowRule => Independence == RowIndependence.Full && _backend.StepsByLength
        ? ("equal-lengths",
            "A trial at load gave a sequence other logits beside ones of other lengths; those that have read equally many tokens share a step.")
        : base.RowRule;
}
