using System.Diagnostics;
using System.Threading.Channels;
using SeqServe.Core.Decoding;
using SeqServe.Core.Decoding.Generation;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>
/// One sentence on its way through a translator. What it chooses depends on its own logits alone, so it is the same alone, in a batch and streamed.
/// </summary>
internal sealed class TranslationSequence : ActiveSequence
{
    private readonly ISearch _search;
    private readonly ChannelWriter<ChosenToken>? _chosen;
    private readonly int _place;
    private readonly List<float[]>? _attention;

    /// <param name="source">Source ids with the end id.</param>
    /// <param name="options">How it is searched.</param>
    /// <param name="place">The sentence's place among those of its request.</param>
    /// <param name="chosen">Receives tokens as they are chosen, for a greedy search; or null. It must take any number at once: the loop does not wait.</param>
    /// <param name="traceContext">The request's span.</param>
    public TranslationSequence(int[] source, SearchOptions options, int place, ChannelWriter<ChosenToken>? chosen, ActivityContext traceContext)
        : base(source, options.Beams, traceContext)
    {
        _chosen = chosen;
        _place = place;
        Action<int, double>? report = chosen is null ? null : (token, logProbability) => chosen.TryWrite(new ChosenToken(place, token, logProbability));
        var maxTokens = options.MaxTokens ?? DefaultMaxTokens(source.Length, options.ModelMaxTokens);
        MostSteps = options.Generation is { } settings ? settings.LengthLimit : maxTokens + 1;
        _search = options.Generation is { } generation ? generation.NewSearch(report) : options.Beams == 1
            ? new GreedySearch(maxTokens, options.EndId, options.LengthPenalty, report)
            : new BeamSearch(options.Beams, maxTokens, options.EndId, options.LengthPenalty);
        _attention = options.KeepAttention ? [] : null;
    }

    /// <summary>What was found, best first, once the sequence is completed.</summary>
    public IReadOnlyList<Hypothesis> Hypotheses => _search.Hypotheses;

    /// <summary>
    /// No translation of these languages is longer; a model that repeats itself without an end stops here. The recipes evaluate with the same limit.
    /// </summary>
    internal static int DefaultMaxTokens(int sourceTokens, int modelMaxTokens) => Math.Min(modelMaxTokens, (2 * sourceTokens) + 10);

    /// <inheritdoc/>
    public override void Advance(StepOutputs outputs, NextRows following)
    {
        for (var row = 0; row < outputs.Count; row++)
            _search.Read(outputs.Logits(row));
        _attention?.Add(Attention(outputs));
        var continuations = _search.Advance();
        foreach (var next in continuations)
            following.Add(next.Parent, next.Token);
        if (continuations.IsEmpty)
            _chosen?.TryWrite(ChosenToken.End(_place));
    }

    /// <summary>Attention weights <c>[target token][source token]</c> of a hypothesis.</summary>
    public IReadOnlyList<IReadOnlyList<float>> AttentionOf(Hypothesis hypothesis)
    {
        var weights = new ArraySegment<float>[hypothesis.Tokens.Length];
        for (var i = 0; i < weights.Length; i++)
            weights[i] = new ArraySegment<float>(_attention![i], hypothesis.Rows[i] * Length, Length);
        return [.. weights];
    }

    private float[] Attention(StepOutputs outputs)
    {
        var weights = new float[outputs.Count * Length];
        for (var row = 0; row < outputs.Count; row++)
            outputs.Attention(row)[..Length].CopyTo(weights.AsSpan(row * Length));
        return weights;
    }
}

/// <summary>How a sentence's translation is searched.</summary>
/// <param name="Beams">Beams; 1 is greedy.</param>
/// <param name="LengthPenalty">Alpha of the length penalty.</param>
/// <param name="MaxTokens">Most tokens, or null for what the source's length suggests.</param>
/// <param name="ModelMaxTokens">Most tokens that the model may give.</param>
/// <param name="EndId">The id that ends a translation.</param>
/// <param name="KeepAttention">Whether attention weights are kept.</param>
/// <param name="Generation">The search of transformers, with the beams and the length penalty above; null for SeqServe's own.</param>
internal sealed record SearchOptions(
    int Beams, double LengthPenalty, int? MaxTokens, int ModelMaxTokens, int EndId, bool KeepAttention, GenerationSettings? Generation)
{
    /// <summary>The token of the texts' language, in place of the one that the tokenizer puts there; null for that one.</summary>
    public int? SourceToken { get; init; }

    /// <summary>What a request asks of a model.</summary>
    public static SearchOptions Of(TranslationRequest request, ServedTranslator model)
    {
        var settings = model.Generation;
        var (from, to) = model.TokensOf(request);
        var (beams, penalty) = (request.BeamsOf(model), request.LengthPenalty ?? settings?.LengthPenalty ?? 1);
        return new SearchOptions(
            beams,
            penalty,
            request.MaxTokens,
            model.Manifest.Limits.MaxOutputTokens!.Value,
            model.EndId,
            request.Alignments,
            settings is null
                ? null
                : settings with
                {
                    NumBeams = beams,
                    LengthPenalty = penalty,
                    MaxNewTokens = request.MaxTokens ?? settings.MaxNewTokens,
                    ForcedBegin = to ?? settings.ForcedBegin,
                })
        {
            SourceToken = from,
        };
    }
}
