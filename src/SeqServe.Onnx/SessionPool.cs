using Microsoft.ML.OnnxRuntime;

namespace SeqServe.Onnx;

/// <summary>
/// The sessions of one graph and the permits to run on them. A session serves any number of concurrent runs on the CPU, so there is usually
/// one; what is bounded are the runs. Beside them there may be a latency session, whose single run takes all cores.
/// </summary>
internal sealed class SessionPool : IDisposable
{
    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _permits;
    private readonly Func<SharedSessions?>? _openShared;
    private IReadOnlyList<InferenceSession> _sessions;
    private SharedSessions? _shared;
    private volatile InferenceSession? _latency;
    private uint _next;
    private bool _disposed;

    /// <summary>Takes ownership of the sessions.</summary>
    /// <param name="sessions">At least one.</param>
    /// <param name="device">Where they run.</param>
    /// <param name="threadsPerRun">CPU threads that a run takes.</param>
    /// <param name="permits">Runs that may go on at once, at least 1.</param>
    /// <param name="latencyThreads">CPU threads that a run on a latency session would take, or <paramref name="threadsPerRun"/> where none may be opened.</param>
    /// <param name="openShared">Opens as many sessions anew, and a latency session, over weights in common; null from it where that fails, null where none may be opened.</param>
    public SessionPool(IReadOnlyList<InferenceSession> sessions, string device, int threadsPerRun, int permits, int latencyThreads, Func<SharedSessions?>? openShared)
    {
        _sessions = sessions;
        Device = device;
        ThreadsPerRun = threadsPerRun;
        Permits = permits;
        LatencyThreads = latencyThreads;
        _openShared = openShared;
        _permits = new SemaphoreSlim(permits, permits);
    }

    public string Device { get; }

    public int Count => _sessions.Count + (_latency is null ? 0 : 1);

    public int ThreadsPerRun { get; }

    /// <summary>CPU threads of a run on the latency session.</summary>
    public int LatencyThreads { get; }

    /// <summary>Runs that may go on at once.</summary>
    public int Permits { get; }

    /// <summary>Permits that are free.</summary>
    public int FreePermits => _permits.CurrentCount;

    /// <summary>The first session, for reading the graph's signature.</summary>
    public InferenceSession First => _sessions[0];

    /// <summary>Waits for a permit on the calling thread. Dispose the lease to give it back, also when the run failed.</summary>
    /// <param name="latency">Whether to run on the latency session, where one is open.</param>
    public SessionLease Rent(bool latency = false)
    {
        _permits.Wait();
        if (latency && _latency is { } session)
            return new SessionLease(session, _permits);
        var sessions = _sessions;
        var index = sessions.Count == 1 ? 0 : Interlocked.Increment(ref _next) % (uint)sessions.Count;
        return new SessionLease(sessions[(int)index], _permits);
    }

    /// <summary>Opens the latency session and puts all sessions on weights in common. Runs wait for the moment of the change only.</summary>
    /// <returns>Whether there is one now.</returns>
    public bool TryOpenLatency()
    {
        lock (_gate)
        {
            if (_disposed || _openShared is null)
                return false;
            if (_latency is not null)
                return true;
            if (_openShared() is not { } fresh)
                return false;
            var (oldSessions, oldShared) = (_sessions, _shared);
            WithoutRuns(() => (_sessions, _latency, _shared) = (fresh.Throughput, fresh.Latency, fresh));
            Close(oldSessions, oldShared);
            return true;
        }
    }

    /// <summary>Closes the latency session, if one is open.</summary>
    public void CloseLatency()
    {
        lock (_gate)
        {
            if (_disposed || _latency is not { } session)
                return;
            WithoutRuns(() => _latency = null);
            session.Dispose();
            NativeHeap.Trim();
        }
    }

    /// <summary>Disposes the sessions. No lease may be out.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        _latency?.Dispose();
        Close(_sessions, _shared);
        _permits.Dispose();
    }

    private static void Close(IReadOnlyList<InferenceSession> sessions, SharedSessions? shared)
    {
        foreach (var session in sessions)
            session.Dispose();
        shared?.Dispose();
        NativeHeap.Trim();
    }

    // Holding every permit means that no run goes on.
    private void WithoutRuns(Action change)
    {
        for (var i = 0; i < Permits; i++)
            _permits.Wait();
        change();
        _permits.Release(Permits);
    }
}
