namespace SeqServe.Core.Backends;

/// <summary>A loaded classifier graph: token ids in, logits out. Safe for concurrent use.</summary>
public interface IClassifierBackend : IDisposable
{
    /// <summary>Number of classes C.</summary>
    int Classes { get; }

    /// <summary>Name of the execution provider that runs the graph, such as <c>cpu</c>.</summary>
    string Device { get; }

    /// <summary>Number of open sessions.</summary>
    int Sessions { get; }

    /// <summary>CPU threads that one run takes.</summary>
    int ThreadsPerRun => 1;

    /// <summary>Runs that may go on at once; a further one would wait.</summary>
    int ConcurrentRuns => int.MaxValue;

    /// <summary>The graph for callers that bring tensors of their own, on the same sessions; null where there is none. It lives as long as this.</summary>
    ITensorBackend? Graph => null;

    /// <summary>CPU threads that a run on the latency session takes; equal to <see cref="ThreadsPerRun"/> where none can be opened.</summary>
    int LatencyThreads => ThreadsPerRun;

    /// <summary>
    /// Opens a second session, whose runs take more threads, for requests that have the machine to themselves. Takes some tenths of a second.
    /// </summary>
    /// <returns>Whether there is one now; why there is none is in the log.</returns>
    bool TryOpenLatencySession() => false;

    /// <summary>Closes it again.</summary>
    void CloseLatencySession()
    {
    }

    /// <summary>As <see cref="Run"/>, on the latency session where one is open.</summary>
    void RunOnLatencySession(PaddedBatch batch, Span<float> logits) => Run(batch, logits);

    /// <summary>Runs one batch on the calling thread, and measures the run without the wait for a session before it.</summary>
    /// <param name="batch">As for <see cref="Run"/>.</param>
    /// <param name="logits">As for <see cref="Run"/>.</param>
    /// <param name="onLatencySession">Whether to run on the latency session where one is open.</param>
    /// <param name="time">The clock.</param>
    /// <returns>How long the run took.</returns>
    TimeSpan RunTimed(PaddedBatch batch, Span<float> logits, bool onLatencySession, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var started = time.GetTimestamp();
        if (onLatencySession)
            RunOnLatencySession(batch, logits);
        else
            Run(batch, logits);
        return time.GetElapsedTime(started);
    }

    /// <summary>Runs one batch on the calling thread.</summary>
    /// <param name="batch">
    /// Ids <c>[B,T]</c> and lengths <c>[B]</c>; every id below the tokenizer's vocabulary size, every length in 1..T. The caller keeps ownership.
    /// </param>
    /// <param name="logits">Receives <c>[B,C]</c>, row by row.</param>
    /// <exception cref="BackendException">The run failed; another batch may succeed.</exception>
    void Run(PaddedBatch batch, Span<float> logits);
}
