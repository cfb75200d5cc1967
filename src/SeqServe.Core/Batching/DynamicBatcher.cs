using System.Diagnostics;
using Microsoft.Extensions.Logging;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Batching;

/// <summary>
/// The queue of one model version and the batches made of it. Work-conserving: while a compute thread is free and a row waits, a batch starts at once
/// (unless the model sets a delay). Batches are assembled at the moment a thread takes its turn, when the most rows are there to choose from; while it
/// runs, the next free thread assembles the next one.
/// </summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
public sealed class DynamicBatcher<TRow> : IRunSource, IRowOwner<TRow>, IAdmission, IDisposable
    where TRow : QueuedRow
{
    // A hop to a compute thread and back costs some 0.1 ms: of a longer run that is nothing, and it would keep its caller from noticing anything else.
    private static readonly TimeSpan s_longestRunHere = TimeSpan.FromMilliseconds(10);

    // A run no longer than the hop itself gains nothing from company either.
    private static readonly TimeSpan s_hop = TimeSpan.FromMilliseconds(0.1);

    private readonly Lock _gate = new();
    private readonly RowQueue<TRow> _queue = new();
    private readonly List<int> _picked = [];
    private readonly ManualResetEventSlim _idle = new(true);
    private BatchLimits _limits;
    private readonly IBatchRunner<TRow> _runner;
    private readonly RunScheduler _scheduler;
    private readonly TimeProvider _time;
    private readonly BatchRuns<TRow> _runs;
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
        _time = time;
        _runs = new BatchRuns<TRow>(runner, _rate, metrics, time, logger);
        _admission = new QueueAdmission(limits, _rate, Math.Min(scheduler.Threads, runner.ConcurrentRuns), runner.CountsTokens ? "tokens" : "KiB");
        _delay = time.CreateTimer(static state => ((DynamicBatcher<TRow>)state!).GiveTurn(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        metrics.ObserveQueue(() => Depth, runner.CountsTokens ? () => QueuedTokens : static () => 0);
    }

    /// <summary>What a batch and the queue may hold.</summary>
    public BatchLimits Limits => Volatile.Read(ref _limits);

    /// <summary>Sets what a measurement found to be best; what the limits already prefer stays.</summary>
    /// <param name="batchSize">Rows of a batch.</param>
    /// <param name="batchTokens">Its padded tokens, or null for no limit of its own.</param>
    /// <param name="padding">Its share of padding.</param>
    public void Prefer(int batchSize, int? batchTokens, double padding)
    {
        lock (_gate)
        {
            _limits = _limits with
            {
                PreferredBatchSize = _limits.PreferredBatchSize ?? batchSize,
                PreferredBatchTokens = _limits.PreferredBatchTokens ?? batchTokens,
                PreferredPadding = _limits.PreferredPadding ?? padding,
            };
            _admission.BatchSize = _limits.PreferredBatchSize.Value;
        }
    }

    /// <summary>Rows that wait.</summary>
    public int Depth => _queue.Depth;

    /// <summary>Tokens of the rows that wait.</summary>
    public long QueuedTokens => _queue.Tokens;

    /// <inheritdoc/>
    public QueueRefusal? Refusal(int rows, TimeSpan? left = null) => _admission.Refusal(Depth, QueuedTokens, rows, rows, left);

    /// <summary>Queues rows, all or none. Await their <see cref="QueuedRow.Completion"/>; the batcher never runs the awaiting code.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="alone">
    /// Whether the caller knows of no other request: then the rows are run on all CPU threads, if they are free and that gains, and a single row is run on the
    /// calling thread before this returns, if a compute thread is free, nothing else waits and earlier runs were short.
    /// </param>
    /// <param name="mayRunHere">False where the calling thread must stay free, so that a deadline can pass in time.</param>
    /// <param name="ifShorterThanHop">Whether this is to be done beside other requests too, where earlier runs were shorter than a hop to a compute thread.</param>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.Overloaded"/> when the queue has no room, <see cref="ServingErrorCode.Draining"/> after disposal.</exception>
    public void Enqueue(IReadOnlyList<TRow> rows, bool alone = false, bool ifShorterThanHop = false, bool mayRunHere = true)
    {
        var tokens = TokensOf(rows);
        bool runHere;
        lock (_gate)
        {
            RefuseIfClosed();
            if (_admission.Refusal(_queue.Depth, _queue.Tokens, rows.Count, tokens, left: null) is { } refusal)
                throw refusal.ToException();
            var now = _time.GetTimestamp();
            for (var i = 0; i < rows.Count; i++)
            {
                rows[i].Joined(_time, now);
                rows[i].IsAlone = alone;
                _queue.Add(rows[i]);
            }

            runHere = mayRunHere && rows.Count == 1 && _queue.Depth == 1 && !_turnGiven && _limits.MaxQueueDelay == TimeSpan.Zero
                && ((alone && _running == 0 && IsKnownToLastAtMost(s_longestRunHere, tokens)) || (ifShorterThanHop && _running < _runner.ConcurrentRuns && IsKnownToLastAtMost(s_hop, tokens)));
            if (runHere)
                _turnGiven = true;
            else
                GiveTurnLocked();
        }

        if (runHere)
            RunHere();
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
        RunTurn();
    }

    // Before the first run nobody knows.
    private bool IsKnownToLastAtMost(TimeSpan limit, long tokens) => _rate.PredictWait(tokens, 1) is var predicted && predicted > TimeSpan.Zero && predicted <= limit;

    // The turn is already given, so that nobody else asks for one.
    private void RunHere()
    {
        using (var share = _scheduler.TryShare(ThreadsPerRun))
        {
            if (share is not null)
            {
                RunTurnOutsideOfRequest();
                return;
            }
        }

        lock (_gate)
        {
            _turnGiven = false;
            GiveTurnLocked();
        }
    }

    // A batch has a trace of its own, whichever thread runs it.
    private void RunTurnOutsideOfRequest()
    {
        if (!ServingTracing.IsOn)
        {
            RunTurn();
            return;
        }

        var request = Activity.Current;
        try
        {
            Activity.Current = null;
            RunTurn();
        }
        finally
        {
            Activity.Current = request;
        }
    }

    private void RunTurn()
    {
        var batch = TakeBatch();
        if (batch.Count == 0)
            return;
        try
        {
            using var rest = TakeRest(batch);
            _runs.Run(batch, alone: rest is not null);
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

    // The threads beyond those of the turn, where the batch is all there is to do. One that came later waits for no longer than without.
    private RunShare? TakeRest(List<TRow> batch)
    {
        if (!batch[0].IsAlone || !batch.TrueForAll(static row => row.IsAlone) || Depth > 0)
            return null;
        var more = _runner.ThreadsAlone(batch) - ThreadsPerRun;
        return more > 0 ? _scheduler.TryShare(more) : null;
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
}
