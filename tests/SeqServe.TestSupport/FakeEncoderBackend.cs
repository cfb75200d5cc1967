using System.Collections.Concurrent;
using SeqServe.Core.Backends;

namespace SeqServe.TestSupport;

/// <summary>A classifier without a graph: answers each row from its valid ids alone, can be held up, and remembers what it was asked.</summary>
public sealed class FakeEncoderBackend(int classes = 2) : IEncoderBackend
{
    private readonly ManualResetEventSlim _gate = new(true);
    private readonly SemaphoreSlim _started = new(0);
    private int _disposals;

    /// <inheritdoc/>
    public int Width { get; } = classes;

    /// <inheritdoc/>
    public string Device => "cpu";

    /// <inheritdoc/>
    public int Sessions => 1;

    /// <inheritdoc/>
    public int LatencyThreads { get; init; } = 1;

    /// <inheritdoc/>
    public ITensorBackend? Graph { get; init; }

    /// <summary>Whether a latency session can be opened.</summary>
    public bool CanOpenLatencySession { get; init; } = true;

    /// <summary>Whether a latency session is open.</summary>
    public bool HasLatencySession { get; private set; }

    /// <summary>Called when a latency session is to be opened.</summary>
    public Action? OnOpenLatencySession { get; init; }

    /// <summary>Called in each run on the latency session, in place of <see cref="OnRun"/>.</summary>
    public Action? OnLatencyRun { get; set; }

    /// <summary>The valid ids of every row, batch by batch.</summary>
    public ConcurrentQueue<long[][]> Batches { get; } = new();

    /// <summary>How often it was disposed.</summary>
    public int Disposals => Volatile.Read(ref _disposals);

    /// <summary>Output of a row; by default the class is the last id modulo the number of classes.</summary>
    public Func<long[], float[]>? Answer { get; set; }

    /// <summary>Called in each run, once it is no longer held up.</summary>
    public Action? OnRun { get; set; }

    /// <summary>Called before each timed run, as a wait for a session.</summary>
    public Action? OnWait { get; set; }

    /// <summary>Called when it is disposed, before that is counted.</summary>
    public Action? OnDispose { get; init; }

    /// <summary>Holds up runs until <see cref="Open"/>.</summary>
    public void Close() => _gate.Reset();

    /// <summary>Lets runs go on.</summary>
    public void Open() => _gate.Set();

    /// <summary>Forgets the runs so far.</summary>
    public void Forget()
    {
        Batches.Clear();
        while (_started.Wait(0))
        {
        }
    }

    /// <summary>Waits until one more run has begun.</summary>
    public void AwaitStart() => Patience.Wait(_started);

    /// <inheritdoc/>
    public bool TryOpenLatencySession()
    {
        OnOpenLatencySession?.Invoke();
        return HasLatencySession = CanOpenLatencySession && LatencyThreads > 1;
    }

    /// <inheritdoc/>
    public void CloseLatencySession() => HasLatencySession = false;

    /// <inheritdoc/>
    public void RunOnLatencySession(PaddedBatch batch, Span<float> output) => Run(batch, output, OnLatencyRun);

    /// <inheritdoc/>
    public void Run(PaddedBatch batch, Span<float> output) => Run(batch, output, OnRun);

    /// <inheritdoc/>
    public TimeSpan RunTimed(PaddedBatch batch, Span<float> output, bool onLatencySession, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        OnWait?.Invoke();
        var started = time.GetTimestamp();
        Run(batch, output, onLatencySession ? OnLatencyRun : OnRun);
        return time.GetElapsedTime(started);
    }

    private void Run(PaddedBatch batch, Span<float> output, Action? onRun)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var rows = Rows(batch);
        Batches.Enqueue(rows);
        _started.Release();
        Patience.Wait(_gate);
        onRun?.Invoke();
        for (var i = 0; i < rows.Length; i++)
            (Answer?.Invoke(rows[i]) ?? LastId(rows[i])).CopyTo(output[(i * Width)..]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        OnDispose?.Invoke();
        if (Interlocked.Increment(ref _disposals) > 1)
            return;
        _gate.Dispose();
        _started.Dispose();
    }

    private static long[][] Rows(PaddedBatch batch)
    {
        var rows = new long[batch.Rows][];
        for (var i = 0; i < rows.Length; i++)
            rows[i] = batch.Ids.Slice(i * batch.Time, (int)batch.Lengths.Span[i]).ToArray();
        return rows;
    }

    private float[] LastId(long[] ids)
    {
        var output = new float[Width];
        output[ids[^1] % Width] = 1;
        return output;
    }
}
