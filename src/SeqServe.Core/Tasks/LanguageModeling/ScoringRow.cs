using System.Diagnostics;
using SeqServe.Core.Batching;

namespace SeqServe.Core.Tasks.LanguageModeling;

/// <summary>One text on its way through a language model's scoring graph.</summary>
/// <param name="ids">Its token ids, at least 2, each inside of the vocabulary.</param>
/// <param name="traceContext">The request's span.</param>
public sealed class ScoringRow(int[] ids, ActivityContext traceContext) : QueuedRow(ids.Length, traceContext)
{
    private readonly int[] _ids = ids;
    private readonly float[] _logProbabilities = new float[ids.Length - 1];

    /// <summary>Its token ids.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>Natural log-probability of each token but the first, given those before it, once the row is completed.</summary>
    public Span<float> LogProbabilities => _logProbabilities;
}
