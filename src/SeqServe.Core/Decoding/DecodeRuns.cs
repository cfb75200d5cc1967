using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Decoding;

/// <summary>Runs the graphs for one decoding loop: times and counts the runs, and reports which failed.</summary>
/// <param name="runs">The runs of the model.</param>
/// <param name="isOver">Says why nobody waits for a run any more, or null; asked from another thread.</param>
/// <param name="maxPrefillTokens">Most tokens of one prefill.</param>
/// <param name="metrics">Where runs are counted; owned by the caller.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For failed runs.</param>
internal sealed partial class DecodeRuns(
    ModelRuns runs, Func<Exception?> isOver, int maxPrefillTokens, ModelMetrics metrics, TimeProvider time, ILogger logger)
{
    /// <summary>How much may be prefilled between two steps; learns from the runs.</summary>
    public PrefillBudget Budget { get; } = new(maxPrefillTokens);

    /// <summary>Runs that have failed.</summary>
    public int Failed { get; private set; }

    /// <summary>Runs a prefill; a failure of a single sequence is set on it.</summary>
    /// <param name="sequences">The sequences, one for each row of the batch.</param>
    /// <param name="batch">What they read.</param>
    /// <param name="run">Reads it.</param>
    /// <returns>Whether the run succeeded.</returns>
    public bool TryPrefill(IReadOnlyList<ActiveSequence> sequences, PaddedBatch batch, Action run)
    {
        var started = time.GetTimestamp();
        if (!TryRun(run, sequences.Count, sequences.Count == 1 ? sequences[0] : null))
            return false;
        foreach (var sequence in sequences)
            sequence.BatchSize = Math.Max(sequence.BatchSize, sequences.Count);
        long useful = 0;
        foreach (var length in batch.Lengths.Span)
            useful += length;
        var computed = (long)batch.Rows * batch.Time;
        Budget.Prefilled(batch.Rows, batch.Time, time.GetElapsedTime(started));
        metrics.RunEnded(batch.Rows, useful, computed);
        return true;
    }

    /// <summary>Runs a step of all rows; a failure of a single sequence is set on it.</summary>
    /// <param name="rows">Number of rows.</param>
    /// <param name="single">The sequence whose rows they are, where they belong to one.</param>
    /// <param name="run">Takes the step.</param>
    /// <returns>Whether the run succeeded.</returns>
    public bool TryStep(int rows, ActiveSequence? single, Action run)
    {
        var started = time.GetTimestamp();
        if (!TryRun(run, rows, single))
            return false;
        Budget.Stepped(rows, time.GetElapsedTime(started));
        metrics.RunEnded(rows, rows, rows);
        return true;
    }

    private bool TryRun(Action run, int rows, ActiveSequence? single)
    {
        using var endable = runs.Begin(static isOver => ((Func<Exception?>)isOver!)(), isOver);
        try
        {
            run();
            return true;
        }
        catch (Exception e)
        {
            Failed++;
            single?.Fail(RowFailures.Of(endable.Reason ?? e));
            if (endable.Reason is { } reason)
                RunEnded(logger, rows, reason.Message);
            else
                StepFailed(logger, rows, e);
            metrics.RunFailed();
            return false;
        }
    }

    [LoggerMessage(EventIds.RunEnded, LogLevel.Information, "A run of {Rows} rows was ended: {Reason}")]
    private static partial void RunEnded(ILogger logger, int rows, string reason);

    [LoggerMessage(EventIds.StepFailed, LogLevel.Warning, "A run of {Rows} rows failed; each row is run again by itself")]
    private static partial void StepFailed(ILogger logger, int rows, Exception exception);
}
