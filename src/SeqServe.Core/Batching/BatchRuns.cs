using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Batching;

/// <summary>Runs the batches of one queue: times and counts them, and lets one bad row fail alone.</summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
/// <param name="runner">Runs a batch.</param>
/// <param name="runs">The runs of the model.</param>
/// <param name="rate">Learns how fast the queue drains.</param>
/// <param name="metrics">Where runs are counted.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">For failed runs.</param>
internal sealed partial class BatchRuns<TRow>(
    IBatchRunner<TRow> runner, ModelRuns runs, ServiceRate rate, ModelMetrics metrics, TimeProvider time, ILogger logger)
    where TRow : QueuedRow
{
    /// <summary>Runs a batch on the calling thread and completes or fails each of its rows. Throws what a listener of spans, metrics or logs throws.</summary>
    /// <param name="batch">The rows, at least one.</param>
    /// <param name="onLatencySession">Whether they have the machine to themselves.</param>
    public void Run(List<TRow> batch, bool onLatencySession)
    {
        if (TryRun(batch, onLatencySession, out var ended) is not { } failure)
        {
            foreach (var row in batch)
                row.Complete();
        }
        else if (ended is not null)
        {
            foreach (var row in batch)
                row.Fail(RowFailures.Of(ended));
            RunEnded(logger, batch.Count, ended.Message);
        }
        else if (batch.Count == 1)
        {
            Fail(batch, failure);
        }
        else
        {
            // One bad row must fail alone: the others are run again without it.
            if (!IsOfCaller(failure))
                BatchFailed(logger, batch.Count, failure);
            foreach (var row in batch)
            {
                if (!row.Completion.IsCompleted)
                    Run([row], onLatencySession);
            }
        }
    }

    /// <summary>Fails those of the rows that have no answer, and logs the cause.</summary>
    public void Fail(List<TRow> rows, Exception cause)
    {
        // The rows first: a logger may throw too.
        foreach (var row in rows)
            row.Fail(RowFailures.Of(cause));
        if (!IsOfCaller(cause))
            RunFailed(logger, rows.Count, rows.Count == 0 ? default : rows[0].TraceContext.TraceId, cause);
    }

    // What a caller sent and is told of is no line in the log: whoever likes could fill it. That a model is down is said where it went down.
    private static bool IsOfCaller(Exception failure) => failure is ServingException
    {
        Code: ServingErrorCode.InvalidRequest or ServingErrorCode.Overloaded or ServingErrorCode.ModelNotReady,
    };

    private Exception? TryRun(List<TRow> batch, bool onLatencySession, out Exception? ended)
    {
        using var span = ServingTracing.IsOn ? ServingTracing.StartBatch(batch.Select(row => row.TraceContext), batch.Count, metrics) : null;
        var started = time.GetTimestamp();
        foreach (var row in batch)
        {
            row.StartedAt = started;
            row.BatchSize = batch.Count;
        }

        Exception? failure = null;
        ended = null;
        using var run = runs.Begin(static batch => WhyOver((List<TRow>)batch!), batch);
        try
        {
            if (onLatencySession)
                runner.RunOnLatencySession(batch);
            else
                runner.Run(batch);
        }
        catch (Exception e)
        {
            (failure, ended) = (e, run.Reason);
            ServingTracing.SetFailed(span, e);
        }

        var finished = time.GetTimestamp();
        foreach (var row in batch)
            row.FinishedAt = finished;
        if (failure is null)
            Count(batch, time.GetElapsedTime(started, finished));
        else
            metrics.RunFailed();
        return failure;
    }

    // Of a row on its caller's own thread the caller is asked, since nobody else can end its wait.
    private static Exception? WhyOver(List<TRow> batch)
    {
        Exception? why = null;
        foreach (var row in batch)
        {
            if (row.Completion.IsCompleted)
                continue;
            why = row.IsOver?.Invoke();
            if (why is null)
                return null;
        }

        return why ?? RowFailures.Deserted;
    }

    // A run that failed answered nothing, and how long it took says nothing of one that succeeds.
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

    [LoggerMessage(EventIds.RunEnded, LogLevel.Information, "A run of {Rows} rows was ended: {Reason}")]
    private static partial void RunEnded(ILogger logger, int rows, string reason);

    [LoggerMessage(EventIds.RunFailed, LogLevel.Error, "A run of {Rows} rows failed; the first is of trace {RequestTrace}")]
    private static partial void RunFailed(ILogger logger, int rows, ActivityTraceId requestTrace, Exception exception);
}
