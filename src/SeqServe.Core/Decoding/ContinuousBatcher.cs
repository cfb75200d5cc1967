using Microsoft.Extensions.Logging;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Decoding;

/// <summary>
/// The queue of one generating model version and the decoding loops behind it. Between two decode steps a loop drops sequences whose callers have gone,
/// takes waiting ones into free slots, and prefills a bounded piece of them; then all its rows take one step. So a short sequence never waits for the end of a
/// long one. There is one loop for each run that can go on at once; a loop is a turn-taker like any batch, so models share the compute threads.
/// </summary>
public sealed class ContinuousBatcher : IRowOwner<ActiveSequence>, IAdmission, IDisposable
{
    // Encoders gain 2.0 to 2.6 times from batching, so some padding pays.
    private const double MaxPrefillPadding = 0.25;

    private readonly Lock _gate = new();
    private readonly RowQueue<ActiveSequence> _queue = new();
    private readonly List<int> _picked = [];
    private readonly BatchLimits _limits;
    private readonly RunScheduler _scheduler;
    private readonly TimeProvider _time;
    private readonly ServiceRate _rate = new();
    private readonly QueueAdmission _admission;
    private readonly LaneTurns[] _lanes;
    private bool _hasFinished;
    private bool _closed;

    internal ContinuousBatcher(BatchLimits limits, IReadOnlyList<DecodeLane> lanes, int threadsPerRun, RunScheduler scheduler, ModelMetrics metrics, TimeProvider time, ILogger logger)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(lanes.Count, 1);
        _limits = limits;
        _scheduler = scheduler;
        _time = time;
        _admission = new QueueAdmission(limits, _rate, lanes.Count);
        _lanes = [.. lanes.Select(lane => new LaneTurns(this, lane, threadsPerRun, time, logger))];
        metrics.ObserveQueue(() => Depth, () => QueuedTokens);
        metrics.ObserveActive(() => ActiveSequences);
    }

    /// <summary>What a loop and the queue may hold; the batch size is the number of a loop's slots.</summary>
    public BatchLimits Limits => _limits;

    /// <summary>Sequences that wait.</summary>
    public int Depth => _queue.Depth;

    /// <summary>Input tokens of the sequences that wait.</summary>
    public long QueuedTokens => _queue.Tokens;

    /// <summary>Sequences that are prefilled or decoded.</summary>
    public int ActiveSequences
    {
        get
        {
            var sum = 0;
            foreach (var lane in _lanes)
                sum += lane.Sequences;
            return sum;
        }
    }

    /// <inheritdoc/>
    public QueueRefusal? Refusal(int rows, TimeSpan? left = null) => _admission.Refusal(Depth, QueuedTokens, rows, rows, left);

    /// <summary>Queues sequences, all or none. Await their <see cref="QueuedRow.Completion"/>; the batcher never runs the awaiting code.</summary>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.Overloaded"/> when the queue has no room, <see cref="ServingErrorCode.InvalidRequest"/> for a sequence of more rows than a
    /// loop has slots, <see cref="ServingErrorCode.Draining"/> after disposal.
    /// </exception>
    public void Enqueue(IReadOnlyList<ActiveSequence> sequences)
    {
        long tokens = 0;
        foreach (var sequence in sequences)
        {
            tokens += sequence.Length;
            if (sequence.MaxRows > _limits.MaxBatchSize)
                throw new ServingException(ServingErrorCode.InvalidRequest, $"The request needs {sequence.MaxRows} rows at once, the model has {_limits.MaxBatchSize}; use fewer beams.");
        }

        lock (_gate)
        {
            RefuseIfClosed();
            if (_admission.Refusal(_queue.Depth, _queue.Tokens, sequences.Count, tokens, left: null) is { } refusal)
                throw refusal.ToException();
            var now = _time.GetTimestamp();
            foreach (var sequence in sequences)
            {
                sequence.Joined(_time, now);
                _queue.Add(sequence);
            }

            GiveTurnsLocked();
        }
    }

    /// <inheritdoc/>
    public void Depart(ActiveSequence row, Exception reason)
    {
        // One that is in flight is completed by this and dropped before its loop's next step.
        if (!row.Depart(reason))
            return;
        lock (_gate)
            _queue.Departed(row);
    }

    /// <summary>Refuses new sequences, fails those that wait or are in flight, and returns when the last run has ended.</summary>
    public void Dispose()
    {
        List<ActiveSequence> rest;
        lock (_gate)
        {
            if (_closed)
                return;
            _closed = true;
            rest = _queue.TakeAll();
        }

        foreach (var sequence in rest)
            sequence.Fail(RowFailures.Closed());
        foreach (var lane in _lanes)
            lane.Dispose();
    }

    /// <summary>Takes what may join this lane now: the oldest, and others of near length.</summary>
    internal void Take(DecodeLane lane, List<ActiveSequence> taken)
    {
        lock (_gate)
        {
            var room = Math.Min(_limits.MaxBatchSize - lane.Reserved, FairShare() - lane.Sequences);
            if (_closed || room < 1)
                return;
            var limits = _limits with { MaxBatchSize = room, MaxBatchTokens = lane.JoiningTokens, MaxPadding = MaxPrefillPadding, MaxQueueDelay = TimeSpan.Zero };
            BatchAssembler.Assemble(_queue.View(), limits, TimeSpan.Zero, _picked);
            KeepFitting(_limits.MaxBatchSize - lane.Reserved);
            _queue.Take(_picked, taken);
        }
    }

    // Slots are kept for all rows that a sequence may come to have. The oldest is first on the list: none overtakes it for ever.
    private void KeepFitting(int slots)
    {
        var kept = 0;
        while (kept < _picked.Count && (slots -= _queue[_picked[kept]].MaxRows) >= 0)
            kept++;
        _picked.RemoveRange(kept, _picked.Count - kept);
    }

    // So many sequences for each loop that all have the same.
    private int FairShare() => (ActiveSequences + _queue.Depth + _lanes.Length - 1) / _lanes.Length;

    /// <summary>Goes on after a loop's turn.</summary>
    internal void TurnEnded(LaneTurns lane)
    {
        lock (_gate)
        {
            lane.Returned();
            GiveTurnsLocked();
        }
    }

    /// <summary>Notes how long a loop was busy for sequences of so many input tokens, for predictions: what waits is known by its input alone.</summary>
    internal void Finished(long inputTokens, TimeSpan took)
    {
        // The first sequences pay for methods that are compiled and memory that is touched for the first time, up to a hundred times what follows: by them a
        // server that has just started would refuse a burst that it answers in a second.
        if (Interlocked.Exchange(ref _hasFinished, true))
            _rate.Add(inputTokens, took);
    }

    // Loops with work go on; idle ones look whether they may take what waits.
    private void GiveTurnsLocked()
    {
        foreach (var lane in _lanes)
        {
            if (!_closed && (!lane.IsIdle || _queue.Depth > 0))
                lane.GiveTurn(_scheduler);
        }
    }

    private void RefuseIfClosed()
    {
        if (_closed || _scheduler.IsStopped)
            throw RowFailures.Closed();
    }
}
