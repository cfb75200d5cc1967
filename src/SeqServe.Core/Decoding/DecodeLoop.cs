using Microsoft.Extensions.Logging;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Decoding;

/// <summary>
/// One decoding loop. Each of its runs drops sequences that are over, takes waiting ones into free slots, prefills a bounded piece of them, and takes one
/// decode step of all rows. It asks for at most one run permit at a time, so it is in one run at most.
/// </summary>
internal sealed partial class DecodeLoop : IRunSource, IDisposable
{
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _idle = new(true);
    private readonly List<ActiveSequence> _inFlight = [];
    private readonly List<ActiveSequence> _taken = [];
    private readonly SequenceQueue _queue;
    private readonly Prefill _prefill;
    private readonly SlotGroup _group;
    private readonly DecodeStep _step;
    private readonly DecodeRuns _runs;
    private readonly SequenceAdvance _advance;
    private readonly RunScheduler _scheduler;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly LoopRoom _room;
    private TimeSpan _busy;
    private bool _mustClear;
    private bool _isScheduled;
    private bool _isClosed;

    /// <summary>Makes a loop that has nothing in flight.</summary>
    /// <param name="queue">The queue it takes from.</param>
    /// <param name="prefill">Reads its inputs; owned by the loop, and with it the rows.</param>
    /// <param name="limits">The batch size is the number of slots, the batch tokens bound a prefill.</param>
    /// <param name="caches">The memory that rows take.</param>
    /// <param name="threadsPerRun">CPU threads that a run takes.</param>
    /// <param name="runs">The runs of the model.</param>
    /// <param name="metrics">Where runs are counted; owned by the caller.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">For failed runs.</param>
    public DecodeLoop(
        SequenceQueue queue,
        Prefill prefill,
        BatchLimits limits,
        CacheUse caches,
        int threadsPerRun,
        ModelRuns runs,
        ModelMetrics metrics,
        TimeProvider time,
        ILogger logger)
    {
        _queue = queue;
        _prefill = prefill;
        _room = new LoopRoom(limits.MaxBatchSize, caches.Cost, caches.Budget, Schedule);
        _scheduler = runs.Scheduler;
        _time = time;
        _logger = logger;
        _group = new SlotGroup(prefill.Rows);
        _runs = new DecodeRuns(runs, WhyOver, limits.MaxBatchTokens, metrics, time, logger);
        _advance = new SequenceAdvance(metrics, time, logger);
        _step = new DecodeStep(_group, _runs, _advance);
        ThreadsPerRun = threadsPerRun;
    }

    /// <inheritdoc/>
    public int ThreadsPerRun { get; }

    /// <summary>Asks for a run, unless one is asked for already: something waits in the queue.</summary>
    public void Schedule()
    {
        lock (_gate)
            ScheduleLocked();
    }

    /// <inheritdoc/>
    public void RunNext()
    {
        try
        {
            RunOnce();
        }
        finally
        {
            EndRun();
        }
    }

    /// <summary>Waits for the run that goes on, fails what is in flight and frees the rows.</summary>
    public void Dispose()
    {
        lock (_gate)
            _isClosed = true;
        _idle.Wait();
        _idle.Dispose();
        FailInFlight(RowFailures.Closed());
        _room.Forget();
        _room.Recount(_inFlight);
        _prefill.Dispose();
    }

    private void RunOnce()
    {
        var started = _time.GetTimestamp();
        var failedBefore = _runs.Failed;
        long finished = 0;
        try
        {
            Clear();
            RemoveFinished();
            Take();
            PrefillAndStep();
            finished = FinishedTokens(answeredOnly: _runs.Failed != failedBefore);
            RemoveFinished();
        }
        catch (Exception e)
        {
            finished = 0;
            // Catches whatever a listener of metrics throws, and inconsistent rows: no caller may wait for ever.
            HandleFailure(e);
        }
        finally
        {
            _taken.Clear();
            _room.Recount(_inFlight);
            Report(finished, _time.GetElapsedTime(started), hasFailed: _runs.Failed != failedBefore);
        }
    }

    private void Take()
    {
        _room.Begin();
        if (_queue.Depth == 0)
            _room.Forget();
        var maxTokens = _prefill.ReadsPieces ? _runs.Budget.MaxTokens : _runs.Budget.Tokens(_group.Rows.Count);
        _room.Recount(_inFlight);
        _queue.Take(_inFlight.Count, _room, maxTokens, _taken);
        if (_taken.Count == 0)
            return;
        lock (_inFlight)
            _inFlight.AddRange(_taken);
        var now = _time.GetTimestamp();
        foreach (var sequence in _taken)
            sequence.StartedAt = now;
        _prefill.Add(_taken);
    }

    // Only the loop's own runs change the list; the lock is for whoever asks meanwhile.
    private ServingException? WhyOver()
    {
        lock (_inFlight)
            return _inFlight.TrueForAll(static sequence => sequence.Completion.IsCompleted) ? RowFailures.Deserted : null;
    }

    private void PrefillAndStep()
    {
        if (_prefill.Reading.Count > 0)
            _group.Enter(_prefill.Run(_runs, _advance));
        if (_group.Sequences.Count > 0)
            _step.Run();
    }

    // The list first: a sequence that is cancelled in between keeps its slots counted until the next call.
    private void RemoveFinished()
    {
        int removed;
        lock (_inFlight)
            removed = _inFlight.RemoveAll(static sequence => sequence.Completion.IsCompleted);
        if (removed > 0)
            _queue.Return(removed);
        _prefill.RemoveFinished();
        _group.RemoveFinished();
    }

    private long FinishedTokens(bool answeredOnly)
    {
        long tokens = 0;
        foreach (var sequence in _inFlight)
        {
            if (answeredOnly ? sequence.Completion.IsCompletedSuccessfully : sequence.Completion.IsCompleted)
                tokens += sequence.Length;
        }

        return tokens;
    }

    private void HandleFailure(Exception cause)
    {
        if (_mustClear)
            // Its slots could not be freed, so it can take nothing: sequences that wait would be tried for ever.
            _queue.FailWaiting(RowFailures.Of(cause));
        foreach (var sequence in _taken)
            sequence.Fail(RowFailures.Of(cause));
        FailInFlight(RowFailures.Of(cause));
        LoopFailed(_logger, cause);
    }

    private void FailInFlight(Exception reason)
    {
        foreach (var sequence in _inFlight)
            sequence.Fail(reason);
        _queue.Return(_inFlight.Count);
        lock (_inFlight)
            _inFlight.Clear();
        _mustClear = true;
    }

    // After a failure the state of the rows is unknown, but no sequence needs them.
    private void Clear()
    {
        if (!_mustClear)
            return;
        _prefill.Clear();
        _group.Clear();
        _mustClear = false;
    }

    // A run that failed says nothing of how long one takes that succeeds. What was spent before on sequences that go on is still spent on them.
    private void Report(long finished, TimeSpan took, bool hasFailed)
    {
        if (!hasFailed)
            _busy += took;
        if (finished > 0)
            _queue.Finished(finished, _busy);
        if (finished > 0 || _inFlight.Count == 0)
            _busy = TimeSpan.Zero;
    }

    private void EndRun()
    {
        lock (_gate)
        {
            _isScheduled = false;
            // Where there is no memory for what waits, whoever gives some back wakes it.
            if (_inFlight.Count > 0 || (_queue.Depth > 0 && !_room.IsBlocked))
                ScheduleLocked();
            if (!_isScheduled)
                _idle.Set();
        }
    }

    private void ScheduleLocked()
    {
        if (_isScheduled || _isClosed)
            return;
        _isScheduled = _scheduler.Schedule(this);
        if (_isScheduled)
            _idle.Reset();
        else
            FailInFlight(RowFailures.Closed());
    }

    [LoggerMessage(EventIds.DecodeLoopFailed, LogLevel.Error, "A run of a decoding loop failed; its sequences have failed with it")]
    private static partial void LoopFailed(ILogger logger, Exception exception);
}
