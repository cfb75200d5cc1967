using SeqServe.Core.Batching;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Batching;

public class DynamicBatcherDelayTests
{
    private static readonly BatchLimits s_delayed = new() { MaxQueueDelay = TimeSpan.FromMilliseconds(10), MaxBatchSize = 3 };

    [Fact]
    public async Task Delay_NotOver_HoldsTheRowBack()
    {
        using var bench = new BatcherBench(s_delayed);
        var row = bench.Enqueue();
        bench.AwaitScheduled();

        bench.Time.Advance(TimeSpan.FromMilliseconds(9.9));
        bench.AwaitScheduled();
        Assert.Empty(bench.Runner.Batches);

        bench.Time.Advance(TimeSpan.FromMilliseconds(0.1));
        await Patience.Wait(row.Completion);
    }

    [Fact]
    public async Task Delay_SecondRowLater_CountsFromTheOldest()
    {
        using var bench = new BatcherBench(s_delayed);
        var oldest = bench.Enqueue();
        bench.AwaitScheduled();
        bench.Time.Advance(TimeSpan.FromMilliseconds(6));
        var later = bench.Enqueue();
        bench.AwaitScheduled();
        Assert.Empty(bench.Runner.Batches);

        bench.Time.Advance(TimeSpan.FromMilliseconds(4));

        await Patience.Wait(Task.WhenAll(oldest.Completion, later.Completion));
        Assert.Equal([oldest, later], Assert.Single(bench.Runner.Batches));
    }

    [Fact]
    public async Task Delay_BatchFull_IsNotWaitedFor()
    {
        using var bench = new BatcherBench(s_delayed);

        bench.Batcher.Enqueue([new TestRow(), new TestRow()]);
        var last = bench.Enqueue();

        await Patience.Wait(last.Completion);
        Assert.Equal(3, last.BatchSize);
    }

    [Fact]
    public async Task Delay_OldestCancelled_CountsFromTheNext()
    {
        using var bench = new BatcherBench(s_delayed);
        var gone = bench.Enqueue();
        bench.AwaitScheduled();
        bench.Time.Advance(TimeSpan.FromMilliseconds(6));
        var next = bench.Enqueue();
        bench.Batcher.Cancel(gone, new OperationCanceledException());
        bench.AwaitScheduled();

        bench.Time.Advance(TimeSpan.FromMilliseconds(9));
        bench.AwaitScheduled();
        Assert.Empty(bench.Runner.Batches);

        bench.Time.Advance(TimeSpan.FromMilliseconds(1));
        await Patience.Wait(next.Completion);
    }
}
