using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Batching;

public class DynamicBatcherConcurrencyTests
{
    [Fact]
    public async Task Enqueue_WhileTheOnlyRunGoesOn_LeavesThreadsToOthersAndRunsLater()
    {
        using var scheduler = new RunScheduler(2);
        using var single = new BatcherBench(scheduler: scheduler, concurrentRuns: 1);
        using var other = new BatcherBench(scheduler: scheduler);
        single.Block();
        var late = single.Enqueue(name: "late");

        // Would wait for ever if the second thread waited for the first model's run.
        await Patience.Wait(other.Enqueue().Completion);
        Assert.Single(single.Runner.Batches);
        Assert.Equal(1, single.Batcher.Depth);

        single.Runner.Open();
        await Patience.Wait(late.Completion);
    }

    [Fact]
    public async Task Enqueue_WhileNoRunIsPossible_WaitsWithoutAThreadUntilOneIs()
    {
        using var scheduler = new RunScheduler(1);
        using var stopped = new BatcherBench(scheduler: scheduler);
        using var other = new BatcherBench(scheduler: scheduler);
        stopped.Runner.Possible = 0;
        var row = stopped.Enqueue();

        // Would wait for ever if the row held the only thread.
        await Patience.Wait(other.Enqueue().Completion);
        Assert.Empty(stopped.Runner.Batches);
        Assert.Equal(1, stopped.Batcher.Depth);

        stopped.Runner.Possible = 1;
        stopped.Runner.MoreRuns();
        await Patience.Wait(row.Completion);
    }

    [Fact]
    public void Dispose_WhileNoRunIsPossible_FailsWhatWaits()
    {
        using var bench = new BatcherBench();
        bench.Runner.Possible = 0;
        var row = bench.Enqueue();
        bench.AwaitScheduled();

        bench.Batcher.Dispose();
        bench.Runner.MoreRuns();

        Assert.IsType<ServingException>(row.Completion.Exception?.InnerException);
        Assert.Empty(bench.Runner.Batches);
    }

    [Fact]
    public void Enqueue_AfterTheThreadsHaveEnded_IsRefusedInPlaceOfWaitingForEver()
    {
        var scheduler = new RunScheduler(1);
        using var bench = new BatcherBench(scheduler: scheduler);
        scheduler.Dispose();

        Assert.Equal(ServingErrorCode.Draining, Assert.Throws<ServingException>(() => bench.Enqueue()).Code);
        Assert.Equal(0, bench.Batcher.Depth);
    }

    [Fact]
    public async Task Cancel_ManyRowsWhileAllThreadsAreBusy_LeavesRoomAndOrder()
    {
        using var bench = new BatcherBench(new BatchLimits { QueueCapacity = 100, MaxBatchSize = 4 });
        bench.Block();
        for (var i = 0; i < 1000; i++)
            bench.Batcher.Cancel(bench.Enqueue(), new TimeoutException());
        var (first, second) = (bench.Enqueue(name: "first"), bench.Enqueue(name: "second"));

        Assert.Equal(2, bench.Batcher.Depth);
        bench.Runner.Open();
        await Patience.Wait(second.Completion);

        Assert.Equal([first, second], bench.Runner.Batches.Last());
    }
}
