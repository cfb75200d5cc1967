using SeqServe.Core.Errors;

namespace SeqServe.Core.Graphs;

/// <summary>
/// The sequences of one loaded model: the state of each, and whose turn it is. Requests of a sequence run one after another in order of arrival, those of different
/// sequences side by side. A request that fails, or whose caller leaves, changes nothing: the next one goes on from the state before it.
/// </summary>
public sealed class TensorSequences : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TensorSequence> _sequences = new(StringComparer.Ordinal);
    private readonly SequenceLimits _limits;
    private readonly int _maxWaiting;
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private int _waiting;

    /// <summary>Makes an empty set.</summary>
    /// <param name="limits">What is kept.</param>
    /// <param name="maxWaiting">Most requests that may wait for their turns.</param>
    /// <param name="time">The clock.</param>
    internal TensorSequences(SequenceLimits limits, int maxWaiting, TimeProvider time)
    {
        (_limits, _maxWaiting, _time) = (limits, maxWaiting, time);
        _sweep = time.CreateTimer(static state => ((TensorSequences)state!).DropIdle(), this, limits.MaxIdle, limits.MaxIdle);
    }

    /// <summary>Sequences that are kept.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _sequences.Count;
        }
    }

    /// <summary>Waits until all earlier requests of a sequence have ended.</summary>
    /// <param name="id">The sequence.</param>
    /// <param name="starts">Whether it begins with this request, anew if it is there.</param>
    /// <param name="left">Time until the request's deadline, or null for any.</param>
    /// <param name="cancellation">The caller's presence.</param>
    /// <returns>The turn; the caller disposes it when the request has ended.</returns>
    /// <exception cref="ServingException">
    /// <see cref="ServingErrorCode.InvalidRequest"/> when the sequence has not begun; <see cref="ServingErrorCode.Overloaded"/> when there are too many; <see cref="ServingErrorCode.DeadlineExceeded"/>.
    /// </exception>
    internal async Task<SequenceTurn> TakeTurnAsync(string id, bool starts, TimeSpan? left, CancellationToken cancellation)
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
                throw Overloaded($"{_maxWaiting} requests already wait for the turns of their sequences.");
            }
        }

        if (wait is not null)
            await WaitAsync(sequence, wait, left, cancellation).ConfigureAwait(false);
        var turn = new SequenceTurn(this, sequence, starts);
        if (starts || sequence.State is not null)
            return turn;
        turn.Dispose();
        throw Unknown(id);
    }

    /// <summary>Ends a turn: the next request of the sequence has its own.</summary>
    internal void Leave(TensorSequence sequence)
    {
        lock (_gate)
        {
            sequence.UsedAt = _time.GetTimestamp();
            if (!sequence.Leave() && sequence.State is null)
                _sequences.Remove(sequence.Id);
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
            _sequences.Remove(id);
        if (_sequences.Count >= _limits.MaxSequences)
            DropIdleLocked();
        if (_sequences.Count >= _limits.MaxSequences)
            throw Overloaded($"The model keeps {_limits.MaxSequences} sequences, and all are in use; end some with sequence_end.");
        return _sequences[id] = new TensorSequence(id) { UsedAt = _time.GetTimestamp() };
    }

    private async Task WaitAsync(TensorSequence sequence, TaskCompletionSource wait, TimeSpan? left, CancellationToken cancellation)
    {
        try
        {
            await wait.Task.WaitAsync(left ?? Timeout.InfiniteTimeSpan, _time, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is TimeoutException or OperationCanceledException)
        {
            // Its turn may have come in the same moment.
            if (!wait.TrySetCanceled(CancellationToken.None))
                Leave(sequence);
            throw e is TimeoutException ? new ServingException(ServingErrorCode.DeadlineExceeded, "The deadline passed before the earlier requests of the sequence had ended. Allow more time.") : e;
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
            _sequences.Remove(sequence.Id);
    }

    private bool IsIdle(TensorSequence sequence) => !sequence.IsBusy && _time.GetElapsedTime(sequence.UsedAt) >= _limits.MaxIdle;

    private ServingException Unknown(string id) => new(
        ServingErrorCode.InvalidRequest,
        $"parameter \"sequence_id\": sequence {id} has not begun, has ended, or was dropped after {_limits.MaxIdle.TotalSeconds:0.###} s without a request; begin it with \"sequence_start\": true");

    private static ServingException Overloaded(string reason) => new(ServingErrorCode.Overloaded, $"{reason} Retry after the time in Retry-After.") { RetryAfter = TimeSpan.FromSeconds(1) };
}
