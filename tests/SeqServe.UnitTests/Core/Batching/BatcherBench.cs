using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Compute;

namespace SeqServe.UnitTests.Core.Batching;

/// <summary>A batcher over a fake runner with real compute threads and a clock that does not advance.</summary>
internal sealed class BatcherBench : IDisposable
{
    private readonly bool _ownsScheduler;

    public BatcherBench(
        BatchLimits? limits = null, int threads = 1, RunScheduler? scheduler = null, int concurrentRuns = int.MaxValue, FakeTimeProvider? time = null,
        ILogger? logger = null)
    {
        Time = time ?? new FakeTimeProvider();
        Runner = new FakeRunner { ConcurrentRuns = concurrentRuns };
        _ownsScheduler = scheduler is null;
        Scheduler = scheduler ?? new RunScheduler(threads, Time);
        var metrics = new ServingMetrics(Meters).ForModel("fake", 1, "classification");
        Runs = new ModelRuns(Scheduler);
        Batcher = new DynamicBatcher<TestRow>(limits ?? new BatchLimits(), Runner, Runs, metrics, Time, logger ?? NullLogger.Instance);
    }

    public TestMeterFactory Meters { get; } = new();

    public FakeTimeProvider Time { get; }

    public FakeRunner Runner { get; }

    public RunScheduler Scheduler { get; }

    public ModelRuns Runs { get; }

    public DynamicBatcher<TestRow> Batcher { get; }

    public TestRow Enqueue(int length = 4, string name = "row", bool poison = false)
    {
        var row = new TestRow(length, name) { IsPoison = poison };
        Batcher.Enqueue([row]);
        return row;
    }

    /// <summary>Puts one row into a run that goes on until the runner is opened.</summary>
    public TestRow Block()
    {
        Runner.Close();
        var row = Enqueue(name: "blocker");
        Runner.AwaitStart();
        return row;
    }

    /// <summary>Lets lone batches gain from two threads.</summary>
    public void OpenLatencySession(int fromTokens = 1)
    {
        Runner.LatencyThreads = 2;
        Batcher.LatencyFromTokens = fromTokens;
    }

    /// <summary>Waits until the compute threads have run everything that is scheduled so far.</summary>
    public void AwaitScheduled() => Scheduler.AwaitScheduled();

    public static async Task<ServingErrorCode> FailureOf(TestRow row) =>
        (await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(row.Completion))).Code;

    public void Dispose()
    {
        Runner.Open();
        Batcher.Dispose();
        if (_ownsScheduler)
            Scheduler.Dispose();
        Runner.Dispose();
        Meters.Dispose();
    }
}
