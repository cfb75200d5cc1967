using Microsoft.Extensions.Logging;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Batching;

/// <summary>
/// The queue of one model version and the batches made of it. Work-conserving: while a compute thread is free and a row waits, a batch starts at once
/// (unless the model sets a delay). Batches are assembled at the moment a thread has its run permit, when the most rows are there to choose from; while it
/// runs, the next free thread assembles the next one.
/// </summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
public sealed class DynamicBatcher<TRow> : IRunSource, IRowOwner<TRow>, IAdmission, IDisposable
    where TRow : QueuedRow
{
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _idle = new(true);
    private readonly BatchQueue<TRow> _queue;
    private readonly IBatchRunner<TRow> _runner;
    private readonly BatchRuns<TRow> _runs;
    private readonly LoneRunPolicy _policy;
    private readonly RunScheduler _scheduler;
    private readonly ITimer _delay;
    private readonly int _concurrentRuns;
    private bool _isScheduled;
    private int _running;

    /// <summary>Makes a batcher.</summary>
    /// <param name="limits">What a batch and the queue may hold.</param>
    /// <param name="runner">Runs a batch; owned by the caller.</param>
    /// <param name="scheduler">The compute threads; owned by the caller.</param>
    /// <param name="metrics">Where runs are counted; owned by the caller.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For failed runs.</param>
    public DynamicBatcher(
        BatchLimits limits, IBatchRunner<TRow> runner, RunScheduler scheduler, ModelMetrics metrics, TimeProvider time, ILogger logger)
    {
        _runner = runner;
        _scheduler = scheduler;
        _concurrentRuns = Math.Min(scheduler.Threads, runner.ConcurrentRuns);
        _queue = new BatchQueue<TRow>(limits, _concurrentRuns, runner.CountsTokens ? "tokens" : "KiB", time);
        _runs = new BatchRuns<TRow>(runner, _queue.Rate, metrics, time, logger);
        _policy = new LoneRunPolicy(_queue.Rate);
        _delay = time.CreateTimer(
            static state => ((DynamicBatcher<TRow>)state!).Schedule(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        ThreadsPerRun = runner.ThreadsPerRun;
        metrics.ObserveQueue(() => Depth, runner.CountsTokens ? () => QueuedTokens : static () => 0);
    }

    /// <summary>What a batch and the queue may hold.</summary>
    public BatchLimits Limits => _queue.Limits;

    /// <summary>Padded tokens from which on a batch that has the machine to itself goes to the latency session; null for never.</summary>
    /// <value>Default null.</value>
    public int? LatencyFromTokens
    {
        get => _policy.LatencyFromTokens;
        set => _policy.LatencyFromTokens = value;
    }

    /// <summary>Rows that wait.</summary>
    public int Depth => _queue.Depth;

    /// <summary>Tokens of the rows that wait.</summary>
    public long QueuedTokens => _queue.Tokens;

    /// <inheritdoc/>
    public int ThreadsPerRun { get; }

    /// <summary>Sets what a measurement found to be best; what the limits already prefer stays.</summary>
    /// <param name="batchSize">Rows of a batch.</param>
    /// <param name="batchTokens">Its padded tokens, or null for no limit of its own.</param>
    /// <param name="padding">Its share of padding.</param>
    public void Prefer(int batchSize, int? batchTokens, double padding)
    {
        lock (_gate)
            _queue.Prefer(batchSize, batchTokens, padding);
    }

    /// <inheritdoc/>
    public QueueRefusal? Refusal(int rows, TimeSpan? left = null) => _queue.Refusal(rows, left);

    /// <summary>Queues rows, all or none. Await their <see cref="QueuedRow.Completion"/>; the batcher never runs the awaiting code.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="hint">
    /// What the caller knows of its request: a single row that has nothing to wait for may be run on the calling thread before this returns.
    /// </param>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.Overloaded"/> when the queue has no room, <see cref="ServingErrorCode.Draining"/> after disposal.
    /// </exception>
    public void Enqueue(IReadOnlyList<TRow> rows, RunHint hint = default)
    {
        var tokens = BatchQueue<TRow>.TokensOf(rows);
        bool runsInline;
        lock (_gate)
        {
            if (_scheduler.IsStopped)
                throw RowFailures.Closed();
            _queue.Add(rows, tokens);
            for (var i = 0; i < rows.Count; i++)
                rows[i].IsLone = hint.IsLone;
            runsInline = _queue.Depth == 1 && rows.Count == 1 && !_isScheduled && Limits.MaxQueueDelay == TimeSpan.Zero
                && _policy.RunsInline(hint, tokens, _running, _concurrentRuns);
            if (runsInline)
                // As if scheduled, so that no compute thread is woken for this row.
                _isScheduled = true;
            else
                ScheduleLocked();
        }

        if (runsInline)
            RunInline();
    }

    /// <inheritdoc/>
    public void Cancel(TRow row, Exception reason)
    {
        if (!row.Cancel(reason))
            return;
        lock (_gate)
            _queue.Cancelled(row);
    }

    /// <inheritdoc/>
    public void RunNext()
    {
        // Requests that wait for this core to be read and tokenized go first and are part of the batch; an idle core comes back at once. Not with a full
        // batch at hand: under overload those that wait for the core are mostly requests to refuse, and would delay the run.
        if (Depth < (Limits.PreferredBatchSize ?? Limits.MaxBatchSize))
            Thread.Yield();
        RunBatch();
    }

    /// <summary>Refuses new rows, fails those that wait and returns when the last run has ended.</summary>
    public void Dispose()
    {
        List<TRow>? rest;
        lock (_gate)
            rest = _queue.Close();
        if (rest is null)
            return;
        foreach (var row in rest)
            row.Fail(RowFailures.Closed());
        _delay.Dispose();
        _idle.Wait();
        _idle.Dispose();
    }

    private void RunInline()
    {
        using (var share = _scheduler.TryShare(ThreadsPerRun))
        {
            if (share is not null)
            {
                ServingTracing.RunDetached(static batcher => batcher.RunBatch(), this);
                return;
            }
        }

        lock (_gate)
        {
            _isScheduled = false;
            ScheduleLocked();
        }
    }

    private void RunBatch()
    {
        List<TRow> batch = [];
        if (!TryTake(batch))
            return;
        try
        {
            using var share = TakeLatencyThreads(batch);
            _runs.Run(batch, onLatencySession: share is not null);
        }
        catch (Exception e)
        {
            // Catches whatever a listener of spans or metrics throws: no caller may wait for ever.
            _runs.Fail(batch, e);
        }
        finally
        {
            lock (_gate)
            {
                if (--_running == 0)
                    _idle.Set();
                if (_queue.Depth > 0)
                    ScheduleLocked();
            }
        }
    }

    // The threads beyond those of the permit.
    private CpuShare? TakeLatencyThreads(List<TRow> batch)
    {
        if (!_policy.UsesLatencySession(batch, Depth))
            return null;
        var more = _runner.LatencyThreads - ThreadsPerRun;
        return more > 0 ? _scheduler.TryShare(more) : null;
    }

    private bool TryTake(List<TRow> batch)
    {
        try
        {
            lock (_gate)
                return TryTakeLocked(batch);
        }
        catch (Exception e)
        {
            _runs.Fail(batch, e);
            return false;
        }
    }

    private bool TryTakeLocked(List<TRow> batch)
    {
        _isScheduled = false;
        // The end of a run schedules the next one.
        if (_running >= _concurrentRuns)
            return false;
        var wait = _queue.Take(Limits, batch);
        if (wait > TimeSpan.Zero)
        {
            _delay.Change(wait, Timeout.InfiniteTimeSpan);
            return false;
        }

        if (_queue.Depth > 0)
            ScheduleLocked();
        if (batch.Count == 0)
            return false;
        if (_running++ == 0)
            _idle.Reset();
        return true;
    }

    private void Schedule()
    {
        lock (_gate)
            ScheduleLocked();
    }

    // At most one permit is asked for per model; taking it asks for the next one while rows remain. So models alternate, and every free thread finds work.
    private void ScheduleLocked()
    {
        if (!_isScheduled && !_queue.IsClosed)
            _isScheduled = _scheduler.Schedule(this);
    }
}
