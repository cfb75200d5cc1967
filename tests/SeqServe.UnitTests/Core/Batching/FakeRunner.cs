using System.Collections.Concurrent;
using SeqServe.Core.Batching;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Batching;

/// <summary>Remembers its batches, can be held up, and fails on poison.</summary>
internal sealed class FakeRunner : IBatchRunner<TestRow>, IDisposable
{
    private readonly ManualResetEventSlim _gate = new(true);
    private readonly SemaphoreSlim _started = new(0);

    public ConcurrentQueue<TestRow[]> Batches { get; } = new();

    public Action? OnRun { get; set; }

    public int ConcurrentRuns { get; init; } = int.MaxValue;

    /// <summary>Runs that may go on as of now; null for as many as ever.</summary>
    public int? Possible { get; set; }

    public int PossibleRuns
    {
        get
        {
            OnPossibleRuns?.Invoke();
            return Possible ?? ConcurrentRuns;
        }
    }

    /// <summary>Called when the batcher asks how many runs are possible: once for each permit.</summary>
    public Action? OnPossibleRuns { get; set; }

    /// <summary>What the batcher wants to be told when more runs are possible.</summary>
    public Action MoreRuns { get; private set; } = static () => { };

    public void WhenMoreRuns(Action notify) => MoreRuns = notify;

    public int LatencyThreads
    {
        get
        {
            OnLatencyThreads?.Invoke();
            return field;
        }

        set;
    } = 1;

    /// <summary>Called when the batcher asks for the threads of the latency session.</summary>
    public Action? OnLatencyThreads { get; set; }

    /// <summary>Batches that were run on the latency session.</summary>
    public ConcurrentQueue<TestRow[]> LatencyBatches { get; } = new();

    public void RunOnLatencySession(IReadOnlyList<TestRow> rows)
    {
        LatencyBatches.Enqueue([.. rows]);
        Run(rows);
    }

    public void Close() => _gate.Reset();

    public void Open() => _gate.Set();

    /// <summary>Waits until one more run has begun.</summary>
    public void AwaitStart() => Patience.Wait(_started);

    public void Run(IReadOnlyList<TestRow> rows)
    {
        Batches.Enqueue([.. rows]);
        _started.Release();
        Patience.Wait(_gate);
        OnRun?.Invoke();
        if (rows.Any(row => row.IsPoison))
            throw new InvalidOperationException("Poison.");
    }

    public void Dispose()
    {
        _gate.Dispose();
        _started.Dispose();
    }
}
