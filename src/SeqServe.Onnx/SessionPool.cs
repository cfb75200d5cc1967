using Microsoft.ML.OnnxRuntime;

namespace SeqServe.Onnx;

/// <summary>
/// The sessions of one graph and the permits to run on them. A session serves any number of concurrent runs on the CPU, so there is usually
/// one; what is bounded are the runs.
/// </summary>
internal sealed class SessionPool : IDisposable
{
    private readonly IReadOnlyList<InferenceSession> _sessions;
    private readonly SemaphoreSlim _permits;
    private uint _next;

    /// <summary>Takes ownership of the sessions.</summary>
    /// <param name="sessions">At least one.</param>
    /// <param name="device">Where they run.</param>
    /// <param name="threadsPerRun">CPU threads that a run takes.</param>
    /// <param name="permits">Runs that may go on at once, at least 1.</param>
    public SessionPool(IReadOnlyList<InferenceSession> sessions, string device, int threadsPerRun, int permits)
    {
        _sessions = sessions;
        Device = device;
        ThreadsPerRun = threadsPerRun;
        Permits = permits;
        _permits = new SemaphoreSlim(permits, permits);
    }

    public string Device { get; }

    public int Count => _sessions.Count;

    public int ThreadsPerRun { get; }

    /// <summary>Runs that may go on at once.</summary>
    public int Permits { get; }

    /// <summary>Permits that are free.</summary>
    public int FreePermits => _permits.CurrentCount;

    /// <summary>The first session, for reading the graph's signature.</summary>
    public InferenceSession First => _sessions[0];

    /// <summary>Waits for a permit on the calling thread. Dispose the lease to give it back, also when the run failed.</summary>
    public SessionLease Rent()
    {
        _permits.Wait();
        var index = _sessions.Count == 1 ? 0 : Interlocked.Increment(ref _next) % (uint)_sessions.Count;
        return new SessionLease(_sessions[(int)index], _permits);
    }

    /// <summary>Disposes the sessions. No lease may be out.</summary>
    public void Dispose()
    {
        foreach (var session in _sessions)
            session.Dispose();
        _permits.Dispose();
        NativeHeap.Trim();
    }
}
