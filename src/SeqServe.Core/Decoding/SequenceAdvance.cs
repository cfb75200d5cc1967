using System.Diagnostics;
using System.Numerics.Tensors;
using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Decoding;

/// <summary>Lets sequences choose how they go on, and completes or fails those that do not.</summary>
/// <param name="metrics">Where tokens are counted; owned by the caller.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For sequences that fail.</param>
internal sealed partial class SequenceAdvance(ModelMetrics metrics, TimeProvider time, ILogger logger)
{
    private readonly StepOutputs _outputs = new();

    /// <summary>Lets a sequence choose its next rows, which are then in <see cref="SlotSequence.Following"/>.</summary>
    /// <param name="active">The sequence.</param>
    /// <param name="rows">Rows with the logits of the last run.</param>
    /// <param name="slots">Where the rows of the sequence were at that run.</param>
    /// <returns>Whether it goes on; one that does not is completed or has failed.</returns>
    public bool TryAdvance(SlotSequence active, IDecoderRows rows, List<int> slots)
    {
        var sequence = active.Sequence;
        active.Following.Clear();
        _outputs.Show(rows, slots);
        try
        {
            for (var i = 0; i < _outputs.Count; i++)
            {
                if (!TensorPrimitives.IsFiniteAll(_outputs.Logits(i)))
                    throw new BackendException("The graph computed a logit that is not finite.");
            }

            Count(active);
            sequence.Advance(_outputs, active.Following);
            active.CheckFollowing(_outputs.Count);
        }
        catch (Exception e)
        {
            sequence.Fail(RowFailures.Of(e));
            AdvanceFailed(logger, sequence.TraceContext.TraceId, e);
            return false;
        }

        if (active.Following.Rows.Length > 0)
            return true;
        sequence.FinishedAt = time.GetTimestamp();
        sequence.Complete();
        return false;
    }

    private void Count(SlotSequence active)
    {
        var now = time.GetTimestamp();
        if (active.Sequence.Steps++ == 0)
        {
            active.Sequence.FirstTokenAt = now;
            metrics.FirstToken(time.GetElapsedTime(active.Sequence.EnqueuedAt, now));
        }
        else
        {
            metrics.NextToken(time.GetElapsedTime(active.AdvancedAt, now));
        }

        active.AdvancedAt = now;
    }

    [LoggerMessage(EventIds.AdvanceFailed, LogLevel.Error, "A sequence of trace {RequestTrace} could not go on")]
    private static partial void AdvanceFailed(ILogger logger, ActivityTraceId requestTrace, Exception exception);
}
