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
    public int ContextLength => Manifest.Limits.MaxContextTokens;

    /// <summary>The ids that end a text; none where it ends at its limit only.</summary>
    public IReadOnlyList<int> EndIds => Manifest.Tokenizer!.EndIds;

    /// <summary>How tokens are chosen where a request does not say.</summary>
    public SamplingOptions Sampling => ((LanguageModelingSection)Manifest.Section).Sampling;

    /// <summary>Number of token ids.</summary>
    public int VocabularySize => _backend.VocabularySize;

    /// <inheritdoc/>
    public override ModelDetails Describe() => new(Batcher.Limits)
    {
        MaxContextTokens = ContextLength,
        Sessions = new SessionThreads(Metrics.Sessions, _backend.ThreadsPerRun, _backend.ThreadsPerRun, null),
        Rows = Independence == RowIndependence.None ? "alone" : _backend.StepsByLength ? "equal-lengths" : "independent",
        RowsReason = (Independence, _backend.StepsByLength, DecodingProbe.MixingReason(_backend)) switch
        {
            (RowIndependence.None, _, { } reason) => $"Sequences are run one by one: {reason}.",
            (RowIndependence.None, _, null) => "A trial at load gave a sequence other logits among others.",
            (_, true, _) => "A trial at load gave a sequence other logits beside ones of other lengths; those that have read equally many tokens share a step.",
            _ => "A trial at load gave a sequence the same logits alone and beside others of other lengths.",
        },
    };

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
}
