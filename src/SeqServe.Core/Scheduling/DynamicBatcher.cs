using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Scheduling;

/// <summary>
/// The queue of one model version and the batches made of it. Work-conserving: while a compute thread is free and a row waits, a batch starts at once
/// (unless the model sets a delay). Batches are assembled at the moment a thread takes its turn, when the most rows are there to choose from; while it
/// runs, the next free thread assembles the next one.
/// </summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
public sealed partial class DynamicBatcher<TRow> : IRunSource, IRowOwner<TRow>, IDisposable
    where TRow : QueuedRow
{
    private readonly Lock _gate = new();
    private readonly RowQueue<TRow> _queue = new();
    private readonly List<int> _picked = [];
    private readonly ManualResetEventSlim _idle = new(true);
    private BatchLimits _limits;
    private readonly IBatchRunner<TRow> _runner;
    private readonly RunScheduler _scheduler;
    private readonly ModelMetrics _metrics;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ITimer _delay;
    private readonly ServiceRate _rate = new();
    private readonly QueueAdmission _admission;
    private bool _turnGiven;
    private int _running;
    private bool _closed;

    /// <summary>Makes a batcher.</summary>
    /// <param name="limits">What a batch and the queue may hold.</param>
    /// <param name="runner">Runs a batch; owned by the caller.</param>
    /// <param name="scheduler">The compute threads; owned by the caller.</param>
    /// <param name="metrics">Where runs are counted; owned by the caller.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For failed runs.</param>
    public DynamicBatcher(BatchLimits limits, IBatchRunner<TRow> runner, RunScheduler scheduler, ModelMetrics metrics, TimeProvider time, ILogger logger)
    {
        _limits = limits;
        _runner = runner;
        _scheduler = scheduler;
        _metrics = metrics;
        _time = time;
        _logger = logger;
        _admission = new QueueAdmission(limits, _rate, Math.Min(scheduler.Threads, runner.ConcurrentRuns));
        _delay = time.CreateTimer(static state => ((DynamicBatcher<TRow>)state!).GiveTurn(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        metrics.ObserveQueue(() => Depth, () => QueuedTokens);
    }

    /// <summary>What a batch and the queue may hold.</summary>
    public BatchLimits Limits => Volatile.Read(ref _limits);

    /// <summary>Sets what a measurement found to be the best batch size; what the limits already prefer stays.</summary>
    public void Prefer(int batchSize)
    {
        lock (_gate)
            _limits = _limits with { PreferredBatchSize = _limits.PreferredBatchSize ?? batchSize };
    }

    /// <summary>Rows that wait.</summary>
    public int Depth
    {
        get
        {
            lock (_gate)
                return _queue.Depth;
        }
    }

    /// <summary>Tokens of the rows that wait.</summary>
    public long QueuedTokens
    {
        get
        {
            lock (_gate)
                return _queue.Tokens;
        }
    }

    /// <summary>Refuses early, before any work is done for the rows; <see cref="Enqueue"/> decides for good.</summary>
    /// <param name="rows">How many rows will come.</param>
    /// <param name="left">Time until the deadline of their request, or null for any.</param>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.Overloaded"/> when the queue has no room or would not reach the rows in time.</exception>
    public void EnsureRoom(int rows, TimeSpan? left = null)
    {
        ServingException? refusal;
        lock (_gate)
            refusal = _admission.Refusal(_queue.Depth, _queue.Tokens, rows, rows, left);
        if (refusal is not null)
            throw refusal;
    }

    /// <summary>Queues rows, all or none. Await their <see cref="QueuedRow.Completion"/>; the batcher never runs the awaiting code.</summary>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.Overloaded"/> when the queue has no room, <see cref="ServingErrorCode.Draining"/> after disposal.</exception>
    public void Enqueue(IReadOnlyList<TRow> rows)
    {
        var tokens = TokensOf(rows);
        lock (_gate)
        {
            RefuseIfClosed();
            if (_admission.Refusal(_queue.Depth, _queue.Tokens, rows.Count, tokens, left: null) is { } refusal)
                throw refusal;
            var now = _time.GetTimestamp();
            for (var i = 0; i < rows.Count; i++)
            {
                rows[i].EnqueuedAt = now;
                rows[i].Rank = now + (long)(RowPriorities.Handicap(rows[i].Priority).TotalSeconds * _time.TimestampFrequency);
                _queue.Add(rows[i]);
            }

            GiveTurnLocked();
        }
    }

    /// <inheritdoc/>
    public void Depart(TRow row, Exception reason)
    {
        if (!row.Depart(reason))
            return;
        lock (_gate)
            _queue.Departed(row);
    }

    /// <inheritdoc/>
    public int ThreadsPerRun => _runner.ThreadsPerRun;

    /// <inheritdoc/>
    public void RunNext()
    {
        LetRequestsJoin();
        var batch = TakeBatch();
        if (batch.Count == 0)
            return;
        try
        {
            RunBatch(batch);
        }
        catch (Exception e)
        {
            // Whatever a listener of spans or metrics throws: no caller may wait for ever, no compute thread may die.
            RunFailed(_logger, batch.Count, batch[0].TraceContext.TraceId, e);
            foreach (var row in batch)
                row.Fail(RowFailures.Of(e));
        }
        finally
        {
            lock (_gate)
            {
                if (--_running == 0)
                    _idle.Set();
                if (_queue.Depth > 0)
                    GiveTurnLocked();
            }
        }
    }

    /// <summary>Refuses new rows, fails those that wait and returns when the last run has ended.</summary>
    public void Dispose()
    {
        List<TRow> rest;
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            rest = _queue.TakeAll();
        }

        foreach (var row in rest)
            row.Fail(RowFailures.Closed());
        _delay.Dispose();
        _idle.Wait();
        _idle.Dispose();
    }

    // Where requests wait for this core to be read and tokenized, they go first and join the batch; an idle core comes back at once. Not with a full
    // batch at hand: under overload those that wait for the core are mostly requests to refuse, and would push the work aside.
    private void LetRequestsJoin()
    {
        if (Depth < (Limits.PreferredBatchSize ?? Limits.MaxBatchSize))
            Thread.Yield();
    }

    private List<TRow> TakeBatch()
    {
        var batch = new List<TRow>();
        lock (_gate)
        {
            _turnGiven = false;
            // The end of a run gives the next turn.
            if (_running >= _runner.ConcurrentRuns)
                return batch;
            var oldest = _queue.Oldest();
            var age = oldest is null ? TimeSpan.Zero : _time.GetElapsedTime(oldest.EnqueuedAt);
            var wait = BatchAssembler.Assemble(_queue.View(), _limits, age, _picked);
            if (wait > TimeSpan.Zero)
            {
                _delay.Change(wait, Timeout.InfiniteTimeSpan);
                return batch;
            }

            _queue.Take(_picked, batch);
            if (_queue.Depth > 0)
                GiveTurnLocked();
            if (batch.Count > 0 && _running++ == 0)
                _idle.Reset();
        }

        return batch;
    }

    private void RunBatch(List<TRow> batch)
    {
        Exception? failure = TryRun(batch);
        if (failure is null)
        {
            foreach (var row in batch)
                row.Complete();
        }
        else if (batch.Count == 1)
        {
            RunFailed(_logger, batch.Count, batch[0].TraceContext.TraceId, failure);
            batch[0].Fail(RowFailures.Of(failure));
        }
        else
        {
            // One bad row must fail alone: the others are run again without it.
            BatchFailed(_logger, batch.Count, failure);
            foreach (var row in batch)
            {
                if (!row.Completion.IsCompleted)
                    RunBatch([row]);
            }
        }
    }

    private Exception? TryRun(List<TRow> batch)
    {
        using var span = ServingTracing.StartBatch(batch, _metrics);
        var started = _time.GetTimestamp();
        foreach (var row in batch)
        {
            row.StartedAt = started;
            row.BatchSize = batch.Count;
        }

        Exception? failure = null;
        try
        {
            _runner.Run(batch);
        }
        catch (Exception e)
        {
            failure = e;
            ServingTracing.SetFailed(span, e);
        }

        var finished = _time.GetTimestamp();
        foreach (var row in batch)
            row.FinishedAt = finished;
        Count(batch, _time.GetElapsedTime(started, finished));
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
        _rate.Add(useful, took);
        _metrics.RunEnded(batch.Count, useful, computed);
    }

    private void GiveTurn()
    {
        lock (_gate)
            GiveTurnLocked();
    }

    // At most one turn waits per model; taking it gives the next one while rows remain. So models alternate, and every free thread finds work.
    private void GiveTurnLocked()
    {
        if (!_turnGiven && !_closed)
            _turnGiven = _scheduler.Schedule(this);
    }

    private void RefuseIfClosed()
    {
        if (_closed || _scheduler.IsStopped)
            throw RowFailures.Closed();
    }

    private static long TokensOf(IReadOnlyList<TRow> rows)
    {
        long tokens = 0;
        for (var i = 0; i < rows.Count; i++)
            tokens += rows[i].Length;
        return tokens;
    }

    [LoggerMessage(EventIds.BatchFailed, LogLevel.Warning, "A batch of {Rows} rows failed; its rows are run again one by one")]
    private static partial void BatchFailed(ILogger logger, int rows, Exception exception);

    [LoggerMessage(EventIds.RunFailed, LogLevel.Error, "A run of {Rows} rows failed; the first is of trace {RequestTrace}")]
    private static partial void RunFailed(ILogger logger, int rows, ActivityTraceId requestTrace, Exception exception);
}
