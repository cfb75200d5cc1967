using System.Diagnostics;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Batching;

public sealed class DynamicBatcherLoneRunTests
{
    [Fact]
    public async Task Enqueue_LoneRowBeforeAnyRun_RunsOnAComputeThread()
    {
        using var bench = new BatcherBench();
        Thread? ran = null;
        bench.Runner.OnRun = () => ran = Thread.CurrentThread;

        await Patience.Wait(EnqueueLone(bench).Completion);

        Assert.NotNull(ran);
        Assert.NotSame(Thread.CurrentThread, ran);
    }

    [Fact]
    public async Task Enqueue_LoneRowAndFreeThread_RunsOnTheCallingThread()
    {
        using var bench = await StartAsync();
        Thread? ran = null;
        bench.Runner.OnRun = () => ran = Thread.CurrentThread;

        var row = EnqueueLone(bench);

        Assert.True(row.Completion.IsCompletedSuccessfully);
        Assert.Same(Thread.CurrentThread, ran);
    }

    [Fact]
    public async Task Enqueue_TwoRowsOfALoneRequest_RunOnAComputeThread()
    {
        using var bench = await StartAsync();
        Thread? ran = null;
        bench.Runner.OnRun = () => ran = Thread.CurrentThread;
        var caller = Thread.CurrentThread;
        TestRow[] rows = [new(4, "first"), new(4, "second")];

        bench.Batcher.Enqueue(rows, new RunHint(1));
        await Patience.Wait(Task.WhenAll(rows.Select(row => row.Completion)));

        Assert.NotNull(ran);
        Assert.NotSame(caller, ran);
    }

    // Nobody else can end its wait: its caller is the one who runs it.
    [Fact]
    public async Task Enqueue_LoneRowWhoseRunOutlastsItsCallersPatience_FailsWithTheCallersReason()
    {
        using var bench = await StartAsync();
        var late = new ServingException(ServingErrorCode.DeadlineExceeded, "Late.");
        using var ended = new ManualResetEventSlim();
        bench.Runner.OnRun = () =>
        {
            using var ending = EndableRun.OnEnd(static state => ((ManualResetEventSlim)state).Set(), ended);
            bench.Time.Advance(TimeSpan.FromSeconds(0.5));
            Patience.Wait(ended);
            throw new InvalidOperationException("Terminated.");
        };
        var row = new TestRow(4, "alone");

        bench.Batcher.Enqueue([row], new RunHint(1) { IsOver = () => late });

        Assert.Same(late, await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(row.Completion)));
    }

    [Fact]
    public async Task Enqueue_LoneRowAndBusyThreads_WaitsForAComputeThread()
    {
        using var bench = await StartAsync();
        bench.Block();
        Thread? ran = null;
        bench.Runner.OnRun = () => ran = Thread.CurrentThread;

        var row = EnqueueLone(bench);
        Assert.False(row.Completion.IsCompleted);
        bench.Runner.Open();
        await Patience.Wait(row.Completion);

        Assert.NotSame(Thread.CurrentThread, ran);
    }

    [Fact]
    public async Task Enqueue_LoneRowOfAnotherBusyModel_WaitsForAComputeThread()
    {
        using var busy = new BatcherBench();
        using var bench = await StartAsync(scheduler: busy.Scheduler);
        busy.Block();

        var row = EnqueueLone(bench);
        Assert.False(row.Completion.IsCompleted);
        busy.Runner.Open();

        await Patience.Wait(row.Completion);
    }

    [Fact]
    public async Task Enqueue_LoneRowOfASlowModel_RunsOnAComputeThread()
    {
        using var bench = await StartAsync(tookMs: 100);
        Thread? ran = null;
        bench.Runner.OnRun = () => ran = Thread.CurrentThread;

        await Patience.Wait(EnqueueLone(bench).Completion);

        Assert.NotNull(ran);
        Assert.NotSame(Thread.CurrentThread, ran);
    }

    [Theory]
    [InlineData(0.05, true)]
    [InlineData(1, false)]
    public async Task Enqueue_RowBesideOthers_RunsOnTheCallingThreadWhereRunsAreShorterThanAHandOff(double tookMs, bool isHere)
    {
        using var bench = await StartAsync(tookMs);
        Thread? ran = null;
        bench.Runner.OnRun = () => ran = Thread.CurrentThread;
        var caller = Thread.CurrentThread;
        var row = new TestRow(4, "one of many");

        bench.Batcher.Enqueue([row], new RunHint(2) { MayRunInlineBesideOthers = true });
        await Patience.Wait(row.Completion);

        Assert.Equal(isHere, ran == caller);
    }

    [Fact]
    public async Task Enqueue_LoneRowOfAModelWithDelay_WaitsForOtherRows()
    {
        using var bench = new BatcherBench(new BatchLimits { MaxQueueDelay = TimeSpan.FromMilliseconds(5), MaxBatchSize = 2 });
        bench.Runner.OnRun = () => bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        bench.Batcher.Enqueue([new TestRow(4, "first"), new TestRow(4, "second")]);
        bench.Runner.AwaitStart();
        bench.AwaitScheduled();

        var row = EnqueueLone(bench);
        bench.AwaitScheduled();
        Assert.False(row.Completion.IsCompleted);
        bench.Time.Advance(TimeSpan.FromMilliseconds(5));

        await Patience.Wait(row.Completion);
    }

    [Fact]
    public async Task Enqueue_LoneRowThatFails_FailsAloneAndLeavesTheCallersSpan()
    {
        using var bench = await StartAsync();
        using var request = new Activity("request").Start();

        var row = EnqueueLone(bench, poison: true);

        Assert.True(row.Completion.IsFaulted);
        Assert.Same(request, Activity.Current);
        Assert.True(EnqueueLone(bench).Completion.IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Enqueue_LoneRowAndFreeCpu_RunsOnAllThreads()
    {
        using var bench = await StartAsync(threads: 2);
        bench.OpenLatencySession();

        var row = EnqueueLone(bench);
        await Patience.Wait(row.Completion);

        Assert.Equal([row], Assert.Single(bench.Runner.LatencyBatches));
    }

    [Fact]
    public async Task Enqueue_LoneRowOfAModelWithoutALatencySession_RunsOnItsOneThread()
    {
        using var bench = await StartAsync(threads: 2);
        bench.Batcher.LatencyFromTokens = 1;

        await Patience.Wait(EnqueueLone(bench).Completion);

        Assert.Empty(bench.Runner.LatencyBatches);
    }

    [Fact]
    public async Task Enqueue_LoneRowsOfOneRequest_RunOnAllThreads()
    {
        using var bench = await StartAsync(threads: 2);
        bench.OpenLatencySession();
        TestRow[] rows = [new(4, "first"), new(4, "second")];

        bench.Batcher.Enqueue(rows, new RunHint(1, HasDeadline: true));
        await Patience.Wait(Task.WhenAll(rows.Select(row => row.Completion)));

        Assert.Equal(rows, Assert.Single(bench.Runner.LatencyBatches));
    }

    [Fact]
    public async Task Enqueue_LoneRowWhileAnotherModelRuns_RunsOnItsOneThread()
    {
        using var busy = new BatcherBench(threads: 2);
        using var bench = await StartAsync(scheduler: busy.Scheduler);
        bench.OpenLatencySession();
        busy.Block();

        await Patience.Wait(EnqueueLone(bench).Completion);

        Assert.Empty(bench.Runner.LatencyBatches);
    }

    [Fact]
    public async Task Enqueue_LoneRowsOfWhichOneFails_FailsThatOneAndGivesTheThreadsBack()
    {
        using var bench = await StartAsync(threads: 2);
        bench.OpenLatencySession();
        TestRow[] rows = [new(4, "good"), new(4, "bad") { IsPoison = true }];

        bench.Batcher.Enqueue(rows, new RunHint(1, HasDeadline: true));

        await Patience.Wait(rows[0].Completion);
        Assert.Equal(ServingErrorCode.InferenceFailed, await BatcherBench.FailureOf(rows[1]));
        bench.AwaitScheduled();
        await Patience.Wait(EnqueueLone(bench).Completion);
        Assert.Single(bench.Runner.LatencyBatches.Last());
    }

    [Fact]
    public async Task Enqueue_RowBesideOthers_RunsOnItsOneThread()
    {
        using var bench = await StartAsync(threads: 2);
        bench.OpenLatencySession();

        await Patience.Wait(bench.Enqueue().Completion);

        Assert.Empty(bench.Runner.LatencyBatches);
    }

    [Fact]
    public async Task Enqueue_LoneRowWithADeadline_RunsOnAComputeThread()
    {
        using var bench = await StartAsync();
        Thread? ran = null;
        bench.Runner.OnRun = () => ran = Thread.CurrentThread;
        var row = new TestRow(4, "alone");

        bench.Batcher.Enqueue([row], new RunHint(1, HasDeadline: true));
        await Patience.Wait(row.Completion);

        Assert.NotSame(Thread.CurrentThread, ran);
    }

    [Fact]
    public async Task Enqueue_LoneRowShorterThanTheLatencySessionGains_RunsOnItsOneThread()
    {
        using var bench = await StartAsync(threads: 2);
        bench.OpenLatencySession(fromTokens: 5);

        await Patience.Wait(EnqueueLone(bench).Completion);

        Assert.Empty(bench.Runner.LatencyBatches);
    }

    [Fact]
    public async Task Enqueue_LoneRowAndThreadsThatCannotBeCounted_FailsAndKeepsTheThread()
    {
        using var bench = await StartAsync(threads: 2);
        bench.OpenLatencySession();
        bench.Runner.OnLatencyThreads = () => throw new InvalidOperationException("a bug");
        var row = new TestRow();
        bench.Batcher.Enqueue([row], new RunHint(1, HasDeadline: true));

        Assert.Equal(ServingErrorCode.InferenceFailed, await BatcherBench.FailureOf(row));
        bench.Runner.OnLatencyThreads = null;
        await Patience.Wait(EnqueueLone(bench).Completion);
    }

    // A batcher that has seen a run of one row and four tokens.
    private static async Task<BatcherBench> StartAsync(double tookMs = 1, RunScheduler? scheduler = null, int threads = 1)
    {
        var bench = new BatcherBench(threads: threads, scheduler: scheduler);
        bench.Runner.OnRun = () => bench.Time.Advance(TimeSpan.FromMilliseconds(tookMs));
        await Patience.Wait(bench.Enqueue().Completion);
        bench.Runner.AwaitStart();
        bench.AwaitScheduled();
        bench.Runner.OnRun = null;
        return bench;
    }

    private static TestRow EnqueueLone(BatcherBench bench, bool poison = false)
    {
        var row = new TestRow(4, "alone") { IsPoison = poison };
        bench.Batcher.Enqueue([row], new RunHint(1));
        return row;
    }
}
