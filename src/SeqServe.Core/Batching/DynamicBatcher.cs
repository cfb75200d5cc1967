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
    /// <param name="runs">The runs of the model.</param>
    /// <param name="metrics">Where runs are counted; owned by the caller.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For failed runs.</param>
    public DynamicBatcher(
        BatchLimits limits, IBatchRunner<TRow> runner, ModelRuns runs, ModelMetrics metrics, TimeProvider time, ILogger logger)
    {
        _runner = runner;
        _scheduler = runs.Scheduler;
        _concurrentRuns = Math.Min(_scheduler.Threads, runner.ConcurrentRuns);
        _queue = new BatchQueue<TRow>(limits, _concurrentRuns, runner.CountsTokens ? "tokens" : "KiB", time);
        _runs = new BatchRuns<TRow>(runner, runs, _queue.Rate, metrics, time, logger);
        _policy = new LoneRunPolicy(_queue.Rate);
        _delay = time.CreateTimer(
            static state => ((DynamicBatcher<TRow>)state!).Schedule(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        ThreadsPerRun = runner.ThreadsPerRun;
        runner.WhenMoreRuns(Schedule);
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
                (rows[i].IsLone, rows[i].IsOver) = (hint.IsLone, hint.IsOver);
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
        if (_scheduler.TryShare(ThreadsPerRun) is { } share)
        {
            using var hold = RunHold.Begin(share, replaceThread: null);
            ServingTracing.RunDetached(static batcher => batcher.RunBatch(), this);
            return;
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
            _runs.Run(batch, TakesLatencyThreads(batch));
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

    // The threads beyond those of the permit, for as long.
    private bool TakesLatencyThreads(List<TRow> batch)
    {
        var more = _runner.LatencyThreads - ThreadsPerRun;
        if (more <= 0 || !_policy.UsesLatencySession(batch, Depth) || _scheduler.TryShare(more) is not { } share)
            return false;
        RunHold.Current!.Add(share);
        return true;
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
        // The end of a run schedules the next one, as does the runner when it can do more.
        if (_running >= Math.Min(_concurrentRuns, _runner.PossibleRuns))
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

/// <summary>What a caller knows of its request when it queues rows. The default is a caller that knows nothing.</summary>
/// <param name="RequestsInFlight">Requests of the model, its own among them; 0 when they are not known.</param>
/// <param name="HasDeadline">Whether the calling thread must stay free, so that a deadline can pass in time.</param>
public readonly record struct RunHint(int RequestsInFlight, bool HasDeadline = false)
{
    /// <summary>Whether its rows gain nothing from a batch where a run is shorter than a hand-off to a compute thread.</summary>
    public bool MayRunInlineBesideOthers { get; init; }

    /// <summary>Says why the caller does not wait any more, while a run is on its own thread; or null.</summary>
    public Func<Exception?>? IsOver { get; init; }

    /// <summary>Whether it is the only request.</summary>
    internal bool IsLone => RequestsInFlight == 1;
}

/// <summary>
/// Decides for requests that have no other rows to wait for: whether a row is run on its caller's own thread, and whether a batch is run on the latency
/// session. Whether the threads for it are free is for the scheduler to say.
/// </summary>
/// <param name="rate">What is known of how long runs take.</param>
internal sealed class LoneRunPolicy(ServiceRate rate)
{
    // A hand-off to a compute thread and back costs some 0.1 ms: of a longer run that is nothing, and the caller could not notice a cancellation meanwhile.
    private static readonly TimeSpan s_longestInlineRun = TimeSpan.FromMilliseconds(10);

    // A run no longer than the hand-off itself gains nothing from other rows either.
    private static readonly TimeSpan s_handOff = TimeSpan.FromMilliseconds(0.1);

    private volatile int _latencyFromTokens = int.MaxValue;

    /// <summary>Padded tokens from which on a lone batch gains from the latency session; null for never.</summary>
    public int? LatencyFromTokens
    {
        get => _latencyFromTokens is var tokens and < int.MaxValue ? tokens : null;
        set => _latencyFromTokens = value ?? int.MaxValue;
    }

    /// <summary>Whether the only row of a queue, for which nothing is scheduled, is run on the calling thread.</summary>
    /// <param name="hint">What its caller knows.</param>
    /// <param name="tokens">Tokens of the row.</param>
    /// <param name="running">Runs of the model that go on.</param>
    /// <param name="concurrentRuns">Runs of the model that may go on at once.</param>
    public bool RunsInline(RunHint hint, long tokens, int running, int concurrentRuns) =>
        (hint.IsLone && !hint.HasDeadline && running == 0 && IsKnownToTakeAtMost(s_longestInlineRun, tokens))
        || (hint.MayRunInlineBesideOthers && running < concurrentRuns && IsKnownToTakeAtMost(s_handOff, tokens));

    /// <summary>Whether a batch is to be run on the latency session.</summary>
    /// <param name="batch">At least one row.</param>
    /// <param name="waiting">Rows that wait: they must not wait longer than without the latency session.</param>
    public bool UsesLatencySession<TRow>(List<TRow> batch, int waiting)
        where TRow : QueuedRow
    {
        if (waiting > 0)
            return false;
        var longest = 0;
        foreach (var row in batch)
        {
            if (!row.IsLone)
                return false;
            longest = Math.Max(longest, row.Length);
        }

        return batch.Count * longest >= _latencyFromTokens;
    }

    // Before the first run nothing is known.
    private bool IsKnownToTakeAtMost(TimeSpan limit, long tokens) =>
        rate.PredictWait(tokens, 1) is var predicted && predicted > TimeSpan.Zero && predicted <= limit;
}
