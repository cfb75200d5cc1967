using SeqServe.Core.Errors;

namespace SeqServe.Core.Graphs;

/// <summary>
/// The sequences of one loaded model: the state of each, and which request may go on with it. Requests of a sequence run one after another in order of arrival,
/// those of different sequences side by side. A request that fails or is cancelled changes nothing: the next one goes on from the state before it.
/// </summary>
public sealed class TensorSequences : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TensorSequence> _sequences = new(StringComparer.Ordinal);
    private readonly int _maxWaiting;
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private int _waiting;
    private long _bytes;

    /// <summary>Makes an empty set.</summary>
    /// <param name="limits">What is kept.</param>
    /// <param name="maxWaiting">Most requests that may wait for earlier ones of their sequences.</param>
    /// <param name="time">The clock.</param>
    internal TensorSequences(SequenceLimits limits, int maxWaiting, TimeProvider time)
    {
        (Limits, _maxWaiting, _time) = (limits, maxWaiting, time);
        _sweep = time.CreateTimer(static state => ((TensorSequences)state!).DropIdle(), this, limits.MaxIdle, limits.MaxIdle);
    }

    /// <summary>What is kept.</summary>
    public SequenceLimits Limits { get; }

    /// <summary>Sequences that are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _sequences.Count;
        }
    }

    /// <summary>Bytes of state of all sequences and of the requests that run.</summary>
    public long Bytes
    {
        get
        {
            lock (_gate)
                return _bytes;
        }
    }

    /// <summary>Waits until all earlier requests of a sequence have ended.</summary>
    /// <param name="id">The sequence.</param>
    /// <param name="starts">Whether it begins with this request, again if it is there.</param>
    /// <param name="left">Time until the request's deadline, or null for any.</param>
    /// <param name="cancellation">Cancelled when the caller has left.</param>
    /// <returns>The slot; the caller disposes it when the request has ended.</returns>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.InvalidRequest"/> when the sequence has not begun; <see cref="ServingErrorCode.Overloaded"/> when there are too many;
    /// <see cref="ServingErrorCode.DeadlineExceeded"/>.
    /// </exception>
    internal async Task<SequenceSlot> EnterAsync(string id, bool starts, TimeSpan? left, CancellationToken cancellation)
    {
        TensorSequence sequence;
        TaskCompletionSource? wait;
        lock (_gate)
        {
            sequence = Find(id, starts);
            wait = sequence.Enter();
            if (wait is not null && ++_waiting > _maxWaiting)
            {
                wait.TrySetCanceled(CancellationToken.None);
                _waiting--;
                throw Overloaded($"{_maxWaiting} requests already wait for earlier requests of their sequences.");
            }
        }

        if (wait is not null)
            await WaitAsync(sequence, wait, left, cancellation).ConfigureAwait(false);
        var slot = new SequenceSlot(this, sequence, starts);
        if (starts || sequence.State is not null)
            return slot;
        slot.Dispose();
        throw Unknown(id);
    }

    /// <summary>Reserves memory for the state of a request of no sequence.</summary>
    /// <param name="bytes">Bytes of its state.</param>
    /// <returns>The reservation; the caller disposes it when the request has ended.</returns>
    /// <exception cref="ServingException">As <see cref="Reserve(TensorSequence, long)"/>.</exception>
    internal IDisposable Reserve(long bytes)
    {
        lock (_gate)
            Add(bytes, bytes);
        return new Reservation(this, bytes);
    }

    /// <summary>Reserves memory for the state that a request may leave. It is counted until <see cref="Leave"/>, which counts what was left.</summary>
    /// <param name="sequence">The sequence whose slot the request holds.</param>
    /// <param name="bytes">Bytes of its state.</param>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.Overloaded"/> while others hold what may be kept; <see cref="ServingErrorCode.InvalidRequest"/> for more than may be kept in
    /// all.
    /// </exception>
    internal void Reserve(TensorSequence sequence, long bytes)
    {
        lock (_gate)
        {
            if (bytes <= sequence.Bytes)
                return;
            Add(bytes - sequence.Bytes, bytes);
            sequence.Bytes = bytes;
        }
    }

    /// <summary>Ends the hold of a request on a sequence: the next one goes on.</summary>
    internal void Leave(TensorSequence sequence)
    {
        lock (_gate)
        {
            sequence.UsedAt = _time.GetTimestamp();
            var kept = sequence.State?.Sum(static tensor => tensor.Size) ?? 0;
            _bytes += kept - sequence.Bytes;
            sequence.Bytes = kept;
            if (!sequence.Leave() && sequence.State is null)
                Remove(sequence);
        }
    }

    /// <summary>Forgets every sequence.</summary>
    public void Dispose()
    {
        _sweep.Dispose();
        lock (_gate)
            _sequences.Clear();
    }

    private TensorSequence Find(string id, bool starts)
    {
        if (_sequences.TryGetValue(id, out var known) && !IsIdle(known))
            return known;
        if (!starts)
            throw Unknown(id);
        if (known is not null)
            Remove(known);
        if (_sequences.Count >= Limits.MaxSequences)
            DropIdleLocked();
        if (_sequences.Count >= Limits.MaxSequences)
            throw Overloaded($"The model keeps {Limits.MaxSequences} sequences, and all are in use; end some with sequence_end.");
        return _sequences[id] = new TensorSequence(id) { UsedAt = _time.GetTimestamp() };
    }

    private void Add(long bytes, long ofRequest)
    {
        if (ofRequest > Limits.MaxBytes)
        {
            throw new ServingException(
                ServingErrorCode.InvalidRequest,
                $"The request has {ofRequest} bytes of state, the model keeps {Limits.MaxBytes}; send fewer rows on axis 0.");
        }

        if (_bytes + bytes > Limits.MaxBytes)
            DropIdleLocked();
        if (_bytes + bytes > Limits.MaxBytes)
        {
            throw Overloaded(
                $"The model keeps {Limits.MaxBytes} bytes of state, and other sequences hold them; end some with sequence_end, or send fewer rows on axis 0.");
        }

        _bytes += bytes;
    }

    private void Remove(TensorSequence sequence)
    {
        _sequences.Remove(sequence.Id);
        _bytes -= sequence.Bytes;
        sequence.Bytes = 0;
    }

    private async Task WaitAsync(TensorSequence sequence, TaskCompletionSource wait, TimeSpan? left, CancellationToken cancellation)
    {
        try
        {
            await wait.Task.WaitAsync(left ?? Timeout.InfiniteTimeSpan, _time, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // The slot may have been handed over in the same moment.
            if (!wait.TrySetCanceled(CancellationToken.None))
                Leave(sequence);
            throw e is TimeoutException
                ? new ServingException(
                    ServingErrorCode.DeadlineExceeded, "The deadline passed before the earlier requests of the sequence had ended. Allow more time.")
                : e;
        }
        finally
        {
            lock (_gate)
                _waiting--;
        }
    }

    private void DropIdle()
    {
        lock (_gate)
            DropIdleLocked();
    }

    private void DropIdleLocked()
    {
        foreach (var sequence in _sequences.Values.Where(IsIdle).ToList())
            Remove(sequence);
    }

    private bool IsIdle(TensorSequence sequence) => !sequence.IsBusy && _time.GetElapsedTime(sequence.UsedAt) >= Limits.MaxIdle;

    private ServingException Unknown(string id) => new(
        ServingErrorCode.InvalidRequest,
        $"parameter \"sequence_id\": sequence {id} has not begun, has ended, or was dropped after {Limits.MaxIdle.TotalSeconds:0.###} s without a request; "
        + "begin it with \"sequence_start\": true");

    private static ServingException Overloaded(string reason) =>
        new(ServingErrorCode.Overloaded, $"{reason} Retry after the time in Retry-After.") { RetryAfter = TimeSpan.FromSeconds(1) };

    private sealed class Reservation(TensorSequences owner, long bytes) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._gate)
                owner._bytes -= bytes;
        }
    }
}
