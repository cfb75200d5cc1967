using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Compute;
using SeqServe.Onnx.Files;

namespace SeqServe.Onnx.Sessions;

/// <summary>
/// The sessions of one graph and the permits to run on them. A session serves any number of concurrent runs on the CPU, so there is usually
/// one; what is bounded are the runs. Beside them there may be a latency session, whose single run takes all cores.
/// </summary>
internal sealed class SessionPool : IDisposable
{
    // How often a run that waits for a permit looks whether it was ended.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(0.1);

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _permits;
    private readonly SessionPlan _plan;
    private readonly Func<SharedSessions?>? _openShared;
    private IReadOnlyList<InferenceSession> _sessions;
    private SharedSessions? _shared;
    private volatile InferenceSession? _latency;
    private uint _next;
    private bool _disposed;

    /// <summary>Takes ownership of the sessions.</summary>
    /// <param name="sessions">At least one.</param>
    /// <param name="file">The graph's file.</param>
    /// <param name="plan">Where they run and how many runs there may be.</param>
    /// <param name="openShared">
    /// Opens as many sessions again, and a latency session, over shared weights; null from it where that fails, null where none may be opened.
    /// </param>
    public SessionPool(IReadOnlyList<InferenceSession> sessions, GraphFile file, SessionPlan plan, Func<SharedSessions?>? openShared)
    {
        _sessions = sessions;
        _plan = plan;
        File = file;
        _openShared = openShared;
        _permits = new SemaphoreSlim(plan.Permits, plan.Permits);
    }

    /// <summary>What the file holds that a session does not say.</summary>
    public GraphFile File { get; }

    /// <summary>The execution provider's name.</summary>
    public string Device => _plan.Provider.Name;

    /// <summary>Most that a number may differ from the same row's in another batch.</summary>
    public float Tolerance => _plan.Provider.Tolerance;

    /// <summary>The provider's arenas that a run can shrink at its end, or null.</summary>
    public string? Arenas => _plan.Provider.Arenas;

    /// <summary>Whether the runs share the memory of bounded sessions.</summary>
    public bool IsBounded => _plan.IsBounded;

    public int Count => _sessions.Count + (_latency is null ? 0 : 1);

    /// <summary>CPU threads that a run takes.</summary>
    public int ThreadsPerRun => _plan.ThreadsPerRun;

    /// <summary>CPU threads that a run on the latency session takes or would take; <see cref="ThreadsPerRun"/> where none may be opened.</summary>
    public int LatencyThreads => _plan.LatencyThreads;

    /// <summary>Runs that may go on at once.</summary>
    public int Permits => _plan.Permits;

    /// <summary>Permits that are free.</summary>
    public int FreePermits => _permits.CurrentCount;

    /// <summary>The first session, for reading the graph's signature.</summary>
    public InferenceSession First => _sessions[0];

    /// <summary>Waits for a permit on the calling thread. Dispose the lease to give it back, also when the run failed.</summary>
    /// <param name="latency">Whether to run on the latency session, where one is open.</param>
    public SessionLease Rent(bool latency = false)
    {
        while (!_permits.Wait(s_patience))
            EndableRun.ThrowIfEnded();
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

/// <summary>A permit for one run on one session.</summary>
internal readonly struct SessionLease(InferenceSession session, SemaphoreSlim permits) : IDisposable
{
    public InferenceSession Session => session;

    /// <summary>Options for a run. What it fails of is in the exception, and whether that is worth a line in the log is not for the runtime to say.</summary>
    public static RunOptions NewOptions() => new() { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };

    /// <summary>Ends a native run, between two of its nodes, when the run of the calling thread is ended. Dispose the result when it has returned.</summary>
    /// <param name="options">Of that run only.</param>
    public static RunEnding EndWithRun(RunOptions options) => new(options);

    public void Dispose() => permits.Release();
}

/// <summary>Ends a native run with the run of its thread.</summary>
internal readonly struct RunEnding(RunOptions options) : IDisposable
{
    private readonly EndableRun.Ending _ending = EndableRun.OnEnd(static options => ((RunOptions)options).Terminate = true, options);

    public void Dispose()
    {
        _ending.Dispose();
        // The options may be used again.
        if (_ending.HasEnded)
            options.Terminate = false;
    }
}
