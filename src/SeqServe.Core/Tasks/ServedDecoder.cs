using SeqServe.Core.Backends;
using SeqServe.Core.Decoding;
using SeqServe.Core.Decoding.Generation;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks;

/// <summary>A loaded model that writes texts token by token: tokenizer, graphs and the decoding loops in front of them.</summary>
public abstract class ServedDecoder : ServedModel
{
    private readonly IDecoderBackend _backend;

    /// <summary>Takes over what a load has opened.</summary>
    /// <param name="load">The load.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="backend">Its graphs.</param>
    /// <param name="batcher">The queue and the loops.</param>
    internal ServedDecoder(ModelLoad load, ITextTokenizer tokenizer, IDecoderBackend backend, ContinuousBatcher batcher)
        : base(load, backend.Device)
    {
        _backend = backend;
        Tokenizer = tokenizer;
        Batcher = batcher;
    }

    /// <summary>Turns its texts into ids and back.</summary>
    public ITextTokenizer Tokenizer { get; }

    /// <summary>The queue and the loops.</summary>
    public ContinuousBatcher Batcher { get; }

    /// <summary>Number of token ids that it writes.</summary>
    public int VocabularySize => _backend.VocabularySize;

    /// <summary>What a row takes of memory that grows with its tokens.</summary>
    public CacheCost CacheCost => _backend.CacheCost;

    /// <summary>The ids that end a text; none where it ends at its limit only.</summary>
    public IReadOnlyList<int> EndIds => Manifest.Tokenizer!.EndIds;

    /// <summary>How tokens are chosen where a request does not say.</summary>
    public abstract SamplingOptions Sampling { get; }

    /// <summary>Whether an answer goes on where its prompt ends; else the prompt is a source that the answer is made from.</summary>
    public abstract bool ContinuesPrompts { get; }

    /// <summary>Number of token ids that a prompt may hold.</summary>
    public abstract int PromptVocabularySize { get; }

    /// <summary>Token ids of a prompt.</summary>
    /// <param name="text">The prompt.</param>
    /// <param name="maxTokens">Most tokens; the rest is cut off.</param>
    public virtual TokenizedText ReadPrompt(string text, int maxTokens) => Tokenizer.Encode(text, maxTokens);

    /// <summary>Most tokens of an answer to a prompt of so many tokens.</summary>
    public abstract int RoomFor(int promptTokens);

    /// <summary>Most tokens of an answer where the request does not say; null for the route's default.</summary>
    public virtual int? UsualTokens(int promptTokens) => null;

    /// <summary>What the model forbids and forces in its answers; null for nothing. For one answer, one thread at a time.</summary>
    /// <param name="maxTokens">Most tokens of the answer.</param>
    internal virtual AnswerRules? NewRules(int maxTokens) => null;

    /// <summary>The beam search that the model's own settings ask for; null where they ask for none.</summary>
    /// <param name="answers">The answers that are wanted of it: it has at least as many beams.</param>
    /// <param name="maxTokens">Most tokens of an answer.</param>
    internal virtual BeamPlan? PlanBeams(int answers, int maxTokens) => null;

    /// <inheritdoc/>
    public override ModelDetails Describe() => new(Batcher.Limits)
    {
        Sessions = new SessionThreads(Metrics.Sessions, _backend.ThreadsPerRun, _backend.ThreadsPerRun, null),
        Rows = RowRule.Rows,
        RowsReason = RowRule.Reason,
    };

    /// <summary>Which rows share a step, and why.</summary>
    private protected virtual (string Rows, string Reason) RowRule => (Independence, DecodingProbe.MixingReason(_backend)) switch
    {
        (RowIndependence.None, { } reason) => ("alone", $"Sequences are run one by one: {reason}."),
        (RowIndependence.None, null) => ("alone", "A trial at load gave a sequence other logits among others."),
        _ => ("independent", $"A trial at load gave a sequence the same logits alone and beside others of other lengths{Within(_backend.Tolerance)}."),
    };
}
