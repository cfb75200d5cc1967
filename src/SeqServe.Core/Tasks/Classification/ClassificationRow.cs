using System.Diagnostics;
using SeqServe.Core.Batching;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>One text on its way through a classifier.</summary>
/// <param name="ids">Its token ids, 1 to the model's limit, each inside of the vocabulary.</param>
/// <param name="classes">Number of classes.</param>
/// <param name="traceContext">The request's span.</param>
public sealed class ClassificationRow(int[] ids, int classes, ActivityContext traceContext) : QueuedRow(ids.Length, traceContext)
{
    private readonly int[] _ids = ids;
    private readonly float[] _logits = new float[classes];

    /// <summary>Its token ids.</summary>
    public ReadOnlySpan<int> Ids => _ids;

    /// <summary>One logit per class, once the row is completed.</summary>
    public Span<float> Logits => _logits;
}
