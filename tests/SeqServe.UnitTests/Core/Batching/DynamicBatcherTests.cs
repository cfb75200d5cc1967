using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Batching;

public class DynamicBatcherTests
{
    [Fact]
    public async Task Enqueue_ThreadFree_RunsWithoutWaiting()
    {
        using var bench = new BatcherBench();

        var row = bench.Enqueue();
        await Patience.Wait(row.Completion);

        Assert.Equal([row], Assert.Single(bench.Runner.Batches));
        Assert.Equal(row.EnqueuedAt, row.StartedAt);
        Assert.Equal(1, row.BatchSize);
    }

    [Fact]
    public void Enqueue_SecondThreadFree_StartsBesideARunThatGoesOn()
    {
        using var bench = new BatcherBench(threads: 2);
        bench.Block();

        bench.Enqueue();

        bench.Runner.AwaitStart();
        Assert.Equal(2, bench.Runner.Batches.Count);
    }

    [Fact]
    public async Task Enqueue_WhileARunGoesOn_SharesTheNextBatch()
    {
        using var bench = new BatcherBench();
        bench.Block();
        TestRow[] rows = [bench.Enqueue(), bench.Enqueue(), bench.Enqueue()];
        Assert.Equal(3, bench.Batcher.Depth);
        Assert.Equal(12, bench.Batcher.QueuedTokens);

        bench.Runner.Open();
        await Patience.Wait(Task.WhenAll(rows.Select(r => r.Completion)));

        Assert.Equal(rows, bench.Runner.Batches.Last());
        Assert.All(rows, row => Assert.Equal(3, row.BatchSize));
        Assert.Equal(0, bench.Batcher.Depth);
        Assert.Equal(0, bench.Batcher.QueuedTokens);
    }

    [Fact]
    public async Task Enqueue_MoreThanABatchHolds_RunsAllInSeveralBatches()
    {
        using var bench = new BatcherBench(new BatchLimits { MaxBatchSize = 2 });
        bench.Block();
        var rows = Enumerable.Range(0, 5).Select(_ => bench.Enqueue()).ToList();

        bench.Runner.Open();
        await Patience.Wait(Task.WhenAll(rows.Select(r => r.Completion)));

        Assert.Equal([1, 2, 2, 1], bench.Runner.Batches.Select(b => b.Length));
    }

    [Fact]
    public void Enqueue_TwoBatchesAtOnceAndTwoFreeThreads_RunSideBySide()
    {
        using var bench = new BatcherBench(new BatchLimits { MaxBatchSize = 1 }, threads: 2);
        bench.Runner.Close();

        bench.Batcher.Enqueue([new TestRow(), new TestRow()]);

        // The second would not begin before the end of the first if only that asked for it.
        bench.Runner.AwaitStart();
        bench.Runner.AwaitStart();
    }

    [Fact]
    public async Task Enqueue_SeveralRowsWhileARunGoesOn_AskForOnePermit()
    {
        using var bench = new BatcherBench();
        var permits = 0;
        bench.Runner.OnPossibleRuns = () => permits++;
        bench.Block();
        TestRow[] rows = [bench.Enqueue(), bench.Enqueue(), bench.Enqueue()];

        bench.Runner.Open();
        await Patience.Wait(rows[2].Completion);
        bench.AwaitScheduled();

        // One for the run before.
        Assert.Equal(2, permits);
    }

    [Fact]
    public async Task Prefer_SmallerBatch_BoundsTheNextOnes()
    {
        using var bench = new BatcherBench();
        bench.Block();
        TestRow[] rows = [bench.Enqueue(), bench.Enqueue(), bench.Enqueue(), bench.Enqueue()];

        bench.Batcher.Prefer(2, null, 0.1);
        bench.Runner.Open();
        await Patience.Wait(rows[3].Completion);

        Assert.Equal([1, 2, 2], bench.Runner.Batches.Select(b => b.Length));
    }

    [Fact]
    public async Task Run_ClockGoesOn_StampsEachStage()
    {
        using var bench = new BatcherBench();
        bench.Block();
        var row = bench.Enqueue();
        bench.Time.Advance(TimeSpan.FromMilliseconds(7));
        bench.Runner.OnRun = () =>
        {
            if (bench.Runner.Batches.Count == 2)
                bench.Time.Advance(TimeSpan.FromMilliseconds(5));
        };

        bench.Runner.Open();
        await Patience.Wait(row.Completion);

        Assert.Equal(7, bench.Time.GetElapsedTime(row.EnqueuedAt, row.StartedAt).TotalMilliseconds);
        Assert.Equal(5, bench.Time.GetElapsedTime(row.StartedAt, row.FinishedAt).TotalMilliseconds);
    }

    [Fact]
    public async Task Completion_OfARow_NeverRunsItsCallerOnAComputeThread()
    {
        using var bench = new BatcherBench();
        var row = bench.Block();
        var caller = row.Completion.ContinueWith(
            static _ => Thread.CurrentThread.Name, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

        bench.Runner.Open();

        Assert.DoesNotContain("seqserve-run", await Patience.Wait(caller) ?? "", StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunScheduler_FloodedModel_DoesNotStarveAnother()
    {
        var time = new FakeTimeProvider();
        using var scheduler = new RunScheduler(1, time);
        var one = new BatchLimits { MaxBatchSize = 1 };
        using var flooded = new BatcherBench(one, scheduler: scheduler);
        using var quiet = new BatcherBench(one, scheduler: scheduler);
        flooded.Runner.OnRun = () => time.Advance(TimeSpan.FromMilliseconds(5));
        flooded.Block();
        var flood = Enumerable.Range(0, 10).Select(_ => flooded.Enqueue()).ToList();
        var lone = quiet.Enqueue();
        var floodDone = -1;
        quiet.Runner.OnRun = () => floodDone = flooded.Runner.Batches.Count;

        flooded.Runner.Open();
        await Patience.Wait(Task.WhenAll(flood.Append(lone).Select(r => r.Completion)));

        // The blocker alone: the permit asked for before the single row came is for a model that has had its share.
        Assert.Equal(1, floodDone);
    }
}
