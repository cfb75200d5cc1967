using SeqServe.Core.Errors;

namespace SeqServe.Core.Graphs;

/// <summary>
/// The sequences of one loaded model: the state of each, and which request may go on with it. Requests of a sequence run one after another in order of arrival,
/// those of different sequences side by side. A request that fails or is cancelled changes nothing: the next one goes on from the state before it. A sequence
/// belongs to the holder that began it: the same id is another sequence of another holder, and each has a part of what is kept (<see cref="HolderShares"/>).
/// What all models keep together is bounded too.
/// </summary>
public sealed class TensorSequences : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string Holder, string Id), TensorSequence> _sequences = [];
    private readonly HolderShares _counts;
    private readonly HolderShares _bytes;
    private readonly StateBudget _allModels;
    private readonly int _maxWaiting;
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private int _waiting;
    private bool _isDisposed;

    /// <summary>Makes an empty set.</summary>
    /// <param name="limits">What is kept.</param>
    /// <param name="bytesPerRow">Bytes of the state of one row.</param>
    /// <param name="allModels">What all models keep together.</param>
    /// <param name="maxWaiting">Most requests that may wait for earlier ones of their sequences.</param>
    /// <param name="time">The clock.</param>
    internal TensorSequences(SequenceLimits limits, long bytesPerRow, StateBudget allModels, int maxWaiting, TimeProvider time)
    {
        (Limits, _allModels, _maxWaiting, _time) = (limits, allModels, maxWaiting, time);
        (_counts, _bytes) = (new HolderShares(limits.MaxSequences, unit: 1), new HolderShares(limits.MaxBytes, Math.Max(1, bytesPerRow)));
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
                return _bytes.Held;
        }
    }

    /// <summary>Waits until all earlier requests of a sequence have ended.</summary>
    /// <param name="holder">Whom the request comes from.</param>
    /// <param name="id">The sequence, among those of the holder.</param>
    /// <param name="starts">Whether it begins with this request, again if it is there.</param>
    /// <param name="left">Time until the request's deadline, or null for any.</param>
    /// <param name="cancellation">Cancelled when the caller has left.</param>
    /// <returns>The slot; the caller disposes it when the request has ended.</returns>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.InvalidRequest"/> when the holder has begun no such sequence; <see cref="ServingErrorCode.Overloaded"/> when there are too
    /// many;
    /// <see cref="ServingErrorCode.DeadlineExceeded"/>.
    /// </exception>
    internal async Task<SequenceSlot> EnterAsync(
        SequenceHolder holder, string id, bool starts, TimeSpan? left, CancellationToken cancellation)
    {
        TensorSequence sequence;
        TaskCompletionSource? wait;
        lock (_gate)
        {
            sequence = Find(holder, id, starts);
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
    /// <param name="holder">Whom the request comes from.</param>
    /// <param name="bytes">Bytes of its state.</param>
    /// <returns>The reservation; the caller disposes it when the request has ended.</returns>
    /// <exception cref="ServingException">As <see cref="Reserve(TensorSequence, long)"/>.</exception>
    internal IDisposable Reserve(SequenceHolder holder, long bytes)
    {
        lock (_gate)
            Add(holder, bytes, bytes);
        return new Reservation(this, holder, bytes);
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
            Add(sequence.Holder, bytes - sequence.Bytes, bytes);
            sequence.Bytes = bytes;
        }
    }

    /// <summary>Ends the hold of a request on a sequence: the next one goes on.</summary>
    internal void Leave(TensorSequence sequence)
    {
        lock (_gate)
        {
            sequence.UsedAt = _time.GetTimestamp();
            if (_isDisposed)
                sequence.State = null;
            var kept = sequence.State?.Sum(static tensor => tensor.Size) ?? 0;
            // No more than was reserved: a state has the shape that the graph declares.
            Return(sequence.Holder, sequence.Bytes - kept);
            sequence.Bytes = kept;
            if (!sequence.Leave() && sequence.State is null)
                Remove(sequence);
        }
    }

    /// <summary>Forgets every sequence; one that a request holds is forgotten when it leaves.</summary>
    public void Dispose()
    {
        _sweep.Dispose();
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var sequence in _sequences.Values.Where(static sequence => !sequence.IsBusy).ToList())
                Remove(sequence);
        }
    }

    private TensorSequence Find(SequenceHolder holder, string id, bool starts)
    {
        if (_sequences.TryGetValue((holder.Name, id), out var known) && !IsIdle(known))
            return known;
        if (!starts)
            throw Unknown(id);
        if (known is not null)
            Remove(known);
        if (!_counts.HasRoom(holder, 1))
            DropIdleLocked();
        if (!_counts.HasRoom(holder, 1))
            throw Overloaded($"The model keeps {Limits.MaxSequences} sequences{Parts(holder)}, and all are in use; end some with sequence_end.");
        _counts.Add(holder, 1);
        return _sequences[(holder.Name, id)] = new TensorSequence(holder, id) { UsedAt = _time.GetTimestamp() };
    }

    private void Add(SequenceHolder holder, long bytes, long ofRequest)
    {
        var most = Math.Min(_bytes.MostOf(holder), _allModels.MostOf(holder));
        if (ofRequest > most)
        {
            throw new ServingException(
                ServingErrorCode.InvalidRequest,
                $"The request has {ofRequest} bytes of state, the model keeps {most}; send fewer rows on axis 0.");
        }

        if (!_bytes.HasRoom(holder, bytes))
            DropIdleLocked();
        if (!_bytes.HasRoom(holder, bytes))
        {
            throw Overloaded(
                $"The model keeps {Limits.MaxBytes} bytes of state{Parts(holder)}, and other sequences hold them; "
                + "end some with sequence_end, or send fewer rows on axis 0.");
        }

        AddToAllModels(holder, bytes);
        _bytes.Add(holder, bytes);
    }

    private void AddToAllModels(SequenceHolder holder, long bytes)
    {
        if (_allModels.TryAdd(holder, bytes))
            return;
        DropIdleLocked();
        if (!_allModels.TryAdd(holder, bytes))
        {
            throw Overloaded(
                $"All models together keep {_allModels.Limit} bytes of state{Parts(holder)}, and other sequences hold them; "
                + "end some with sequence_end, or send fewer rows on axis 0.");
        }
    }

    private void Return(SequenceHolder holder, long bytes)
    {
        _bytes.Add(holder, -bytes);
        _allModels.Return(holder, bytes);
    }

    private void Remove(TensorSequence sequence)
    {
        _sequences.Remove((sequence.Holder.Name, sequence.Id));
        _counts.Add(sequence.Holder, -1);
        Return(sequence.Holder, sequence.Bytes);
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

    private static string Parts(SequenceHolder holder) =>
        holder.Holders == 1 ? "" : $" (half for whichever API key comes first, half divided between the {holder.Holders} keys)";

    private ServingException Unknown(string id) => new(
        ServingErrorCode.InvalidRequest,
        $"parameter \"sequence_id\": sequence {id} has not begun, has ended, or was dropped after {Limits.MaxIdle.TotalSeconds:0.###} s without a request; "
        + "begin it with \"sequence_start\": true");

    private static ServingException Overloaded(string reason) =>
        new(ServingErrorCode.Overloaded, $"{reason} Retry after the time in Retry-After.") { RetryAfter = TimeSpan.FromSeconds(1) };

    private sealed class Reservation(TensorSequences owner, SequenceHolder holder, long bytes) : IDisposable
    {
        public void Dispose()
        {
            lock (owner._gate)
                owner.Return(holder, bytes);
        }
    }
}
