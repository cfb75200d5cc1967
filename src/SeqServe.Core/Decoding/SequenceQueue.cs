using SeqServe.Core.Batching;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Decoding;

/// <summary>The sequences of one generating model version that wait for a decoding loop. Safe for concurrent use.</summary>
/// <param name="limits">What a loop and the queue may hold.</param>
/// <param name="loops">Number of decoding loops that take from it.</param>
/// <param name="time">The clock.</param>
internal sealed class SequenceQueue(BatchLimits limits, int loops, TimeProvider time)
{
    // Encoders gain 2.0 to 2.6 times from batching, so some padding pays.
    private const double MaxPrefillPadding = 0.25;

    private readonly Lock _gate = new();
    private readonly BatchQueue<ActiveSequence> _queue = new(limits, loops, "tokens", time);
    private bool _hasFinished;
    private int _inFlight;

    /// <summary>Sequences that wait.</summary>
    public int Depth => _queue.Depth;

    /// <summary>Input tokens of the sequences that wait.</summary>
    public long Tokens => _queue.Tokens;

    /// <summary>Sequences that the loops have taken and not yet given back.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>As <see cref="IAdmission.Refusal"/>.</summary>
    public QueueRefusal? Refusal(int rows, TimeSpan? left) => _queue.Refusal(rows, left);

    /// <summary>Queues sequences, all or none.</summary>
    /// <exception cref="ServingException">There is no room for them, or the queue is closed.</exception>
    public void Add(IReadOnlyList<ActiveSequence> sequences)
    {
        var tokens = BatchQueue<ActiveSequence>.TokensOf(sequences);
        lock (_gate)
            _queue.Add(sequences, tokens);
    }

    /// <summary>Ends the wait of a sequence; one that is in flight is dropped before its loop's next step.</summary>
    public void Cancel(ActiveSequence sequence, Exception reason)
    {
        if (!sequence.Cancel(reason))
            return;
        lock (_gate)
            _queue.Cancelled(sequence);
    }

    /// <summary>Takes what a loop may prefill now: the oldest sequence, and others of near length.</summary>
    /// <param name="inFlight">Sequences that the loop has in flight.</param>
    /// <param name="room">What the loop has room for: a sequence keeps a slot for each row that it may come to have.</param>
    /// <param name="maxTokens">Most padded input tokens.</param>
    /// <param name="taken">Receives them; where this throws, all that waited, for the loop to fail.</param>
    public void Take(int inFlight, LoopRoom room, int maxTokens, List<ActiveSequence> taken)
    {
        if (Depth == 0)
            return;
        lock (_gate)
        {
            var free = Math.Min(room.FreeSlots, FairShare() - inFlight);
            if (_queue.IsClosed || free < 1)
                return;
            var batch = limits with { MaxBatchSize = free, MaxBatchTokens = maxTokens, MaxPadding = MaxPrefillPadding, MaxQueueDelay = TimeSpan.Zero };
            _queue.Take(batch, taken, room.TryTake);
            _inFlight += taken.Count;
        }
    }

    /// <summary>Gives back the places of sequences that a loop no longer has in flight.</summary>
    public void Return(int sequences)
    {
        lock (_gate)
            _inFlight -= sequences;
    }

    /// <summary>
    /// Notes how long a loop was busy for sequences of so many input tokens, for predictions: of the sequences that wait only the inputs are known.
    /// </summary>
    public void Finished(long inputTokens, TimeSpan took)
    {
        // The first sequences pay for methods that are compiled and memory that is touched for the first time, up to a hundred times what follows: by them a
        // server that has just started would refuse a burst that it answers in a second.
        if (Interlocked.Exchange(ref _hasFinished, true))
            _queue.Rate.Add(inputTokens, took);
    }

    /// <summary>Fails what waits.</summary>
    public void FailWaiting(Exception reason)
    {
        lock (_gate)
            FailAll(_queue.TakeAll(), reason);
    }

    /// <summary>Takes no more sequences and fails those that wait.</summary>
    /// <returns>False when it was closed before.</returns>
    public bool Close()
    {
        List<ActiveSequence>? rest;
        lock (_gate)
            rest = _queue.Close();
        if (rest is null)
            return false;
        FailAll(rest, RowFailures.Closed());
        return true;
    }

    // As many sequences for each loop as give all loops the same number.
    private int FairShare() => (_inFlight + _queue.Depth + loops - 1) / loops;

    private static void FailAll(List<ActiveSequence> sequences, Exception reason)
    {
        foreach (var sequence in sequences)
            sequence.Fail(reason);
    }
}
