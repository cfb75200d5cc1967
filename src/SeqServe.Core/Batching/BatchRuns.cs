using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Batching;

/// <summary>Runs the batches of one queue: times and counts them, and lets one bad row fail alone.</summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
/// <param name="runner">Runs a batch.</param>
/// <param name="rate">Learns how fast the queue drains.</param>
/// <param name="metrics">Where runs are counted.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For failed runs.</param>
internal sealed partial class BatchRuns<TRow>(IBatchRunner<TRow> runner, ServiceRate rate, ModelMetrics metrics, TimeProvider time, ILogger logger)
    where TRow : QueuedRow
{
    /// <summary>Runs a batch and completes or fails each of its rows. Never throws: no caller may wait for ever, no compute thread may die.</summary>
    /// <param name="batch">The rows.</param>
    /// <param name="alone">Whether they have the machine to themselves.</param>
    public void Run(List<TRow> batch, bool alone)
    {
        try
        {
            RunBatch(batch, alone);
        }
        catch (Exception e)
        {
            // Whatever a listener of spans or metrics throws.
            RunFailed(logger, batch.Count, batch[0].TraceContext.TraceId, e);
            foreach (var row in batch)
                row.Fail(RowFailures.Of(e));
        }
    }

    private void RunBatch(List<TRow> batch, bool alone)
    {
        Exception? failure = TryRun(batch, alone);
        if (failure is null)
        {
            foreach (var row in batch)
                row.Complete();
        }
        else if (batch.Count == 1)
        {
            RunFailed(logger, batch.Count, batch[0].TraceContext.TraceId, failure);
            batch[0].Fail(RowFailures.Of(failure));
        }
        else
        {
            // One bad row must fail alone: the others are run again without it.
            BatchFailed(logger, batch.Count, failure);
            foreach (var row in batch)
            {
                if (!row.Completion.IsCompleted)
                    RunBatch([row], alone);
            }
        }
    }

    private Exception? TryRun(List<TRow> batch, bool alone)
    {
        using var span = ServingTracing.StartBatch(batch, metrics);
        var started = time.GetTimestamp();
        foreach (var row in batch)
        {
            row.StartedAt = started;
            row.BatchSize = batch.Count;
        }

        Exception? failure = null;
        try
        {
            if (alone)
                runner.RunAlone(batch);
            else
                runner.Run(batch);
        }
        catch (Exception e)
        {
            failure = e;
            ServingTracing.SetFailed(span, e);
        }

        var finished = time.GetTimestamp();
        foreach (var row in batch)
            row.FinishedAt = finished;
        Count(batch, time.GetElapsedTime(started, finished));
        return failure;
    }

    private void Count(List<TRow> batch, TimeSpan took)
    {
        long useful = 0;
        var longest = 0;
        foreach (var row in batch)
        {
            useful += row.Length;
            longest = Math.Max(longest, row.Length);
        }

        var computed = (long)longest * batch.Count;
        rate.Add(useful, took);
        metrics.RunEnded(batch.Count, runner.CountsTokens ? useful : 0, runner.CountsTokens ? computed : 0, took);
    }

    [LoggerMessage(EventIds.BatchFailed, LogLevel.Warning, "A batch of {Rows} rows failed; its rows are run again one by one")]
    private static partial void BatchFailed(ILogger logger, int rows, Exception exception);

    [LoggerMessage(EventIds.RunFailed, LogLevel.Error, "A run of {Rows} rows failed; the first is of trace {RequestTrace}")]
    private static partial void RunFailed(ILogger logger, int rows, ActivityTraceId requestTrace, Exception exception);
}
