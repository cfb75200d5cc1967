namespace SeqServe.LoadTest;

/// <summary>A bounded number of connections that take requests as they fall due; a request that finds none free is sent when one becomes free.</summary>
internal sealed class ConnectionPool(Sender sender, Recorder recorder, int connections)
{
    private readonly Lock _gate = new();
    private readonly Stack<Connection> _free = new();
    private readonly Queue<long> _late = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _busy;
    private bool _isEnding;

    /// <summary>Sends the next request now, or as soon as a connection is free.</summary>
    /// <param name="dueAt">When it was due, a timestamp.</param>
    public void Send(long dueAt)
    {
        if (TakeConnection(dueAt) is { } connection)
            _ = SendAllAsync(connection, dueAt);
    }

    /// <summary>Sends nothing more; done when nothing is on its way, which the sender's disposal brings about.</summary>
    public Task EndAsync()
    {
        lock (_gate)
        {
            _isEnding = true;
            _late.Clear();
            if (_busy == 0)
                _ended.TrySetResult();
            return _ended.Task;
        }
    }

    private Connection? TakeConnection(long dueAt)
    {
        lock (_gate)
        {
            if (_busy == connections)
            {
                _late.Enqueue(dueAt);
                return null;
            }

            _busy++;
            return _free.TryPop(out var connection) ? connection : sender.Connect();
        }
    }

    private async Task SendAllAsync(Connection connection, long dueAt)
    {
        do
        {
            var status = await sender.SendAsync(connection);
            recorder.Add(status, dueAt, connection.HasRetryAfter);
        }
        while (TryNext(connection, out dueAt));
    }

    private bool TryNext(Connection connection, out long dueAt)
    {
        lock (_gate)
        {
            if (_late.TryDequeue(out dueAt))
                return true;
            _free.Push(connection);
            if (--_busy == 0 && _isEnding)
                _ended.TrySetResult();
            return false;
        }
    }
}
