namespace SeqServe.Api.Pipeline;

/// <summary>Counts the requests that the server has taken and not yet answered, so that a shutdown can wait for them.</summary>
internal sealed class TakenRequests
{
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _allAnswered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _count;
    private bool _closed;

    /// <summary>Counts a request in; count it out with <see cref="Leave"/>.</summary>
    /// <returns>False once the shutdown has begun: what comes now is refused and need not be waited for.</returns>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (!_closed)
                _count++;
            return !_closed;
        }
    }

    /// <summary>Counts a request out.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            if (--_count == 0 && _closed)
                _allAnswered.TrySetResult();
        }
    }

    /// <summary>Takes no more, and is done when those taken are answered.</summary>
    public Task CloseAsync()
    {
        lock (_gate)
        {
            _closed = true;
            if (_count == 0)
                _allAnswered.TrySetResult();
            return _allAnswered.Task;
        }
    }
}
