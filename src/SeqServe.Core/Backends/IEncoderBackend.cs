namespace SeqServe.Core.Backends;

/// <summary>
/// A loaded graph that reads whole texts at once: token ids in, numbers of each text or of each of its tokens out. Safe for concurrent use.
/// </summary>
public interface IEncoderBackend : IDisposable
{
    /// <summary>Numbers W that it gives for each text, or for each token: classes, or the size of an embedding.</summary>
    int Width { get; }

    /// <summary>Whether it gives numbers for each token, <c>[B,T,W]</c>, and not for each text, <c>[B,W]</c>.</summary>
    bool IsPerToken => false;

    /// <summary>Whether the graph is told which tokens are padding, by lengths or by a mask.</summary>
    bool KnowsPadding => true;

    /// <summary>What its tensors are, under the names that they have in the graph; null where that is the contract it was opened with.</summary>
    GraphContract? Contract => null;

    /// <summary>Numbers that it gives for a row of a batch.</summary>
    /// <param name="time">Padded tokens of a row.</param>
    int SizeOfRow(int time) => IsPerToken ? checked(time * Width) : Width;

    /// <summary>Name of the execution provider that runs the graph, such as <c>cpu</c>.</summary>
    string Device { get; }

    /// <summary>Most that a row's numbers may differ between two batches.</summary>
    float Tolerance => Tolerances.Full;

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
    void RunOnLatencySession(PaddedBatch batch, Span<float> output) => Run(batch, output);

    /// <summary>Runs one batch on the calling thread, and measures the run without the wait for a session before it.</summary>
    /// <param name="batch">As for <see cref="Run"/>.</param>
    /// <param name="output">As for <see cref="Run"/>.</param>
    /// <param name="onLatencySession">Whether to run on the latency session where one is open.</param>
    /// <param name="time">The clock.</param>
    /// <returns>How long the run took.</returns>
    TimeSpan RunTimed(PaddedBatch batch, Span<float> output, bool onLatencySession, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        var started = time.GetTimestamp();
        if (onLatencySession)
            RunOnLatencySession(batch, output);
        else
            Run(batch, output);
        return time.GetElapsedTime(started);
    }

    /// <summary>Runs one batch on the calling thread.</summary>
    /// <param name="batch">
    /// Ids <c>[B,T]</c>, lengths <c>[B]</c> and types <c>[B,T]</c>; every id below the tokenizer's vocabulary size, every length in 1..T. The caller keeps
    /// ownership.
    /// </param>
    /// <param name="output">Receives <c>[B,W]</c> or <c>[B,T,W]</c>, row by row.</param>
    /// <exception cref="BackendException">The run failed; another batch may succeed.</exception>
    void Run(PaddedBatch batch, Span<float> output);
}
