using SeqServe.Core.Batching;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Batching;

public class DynamicBatcherAdmissionTests
{
    private static readonly BatchLimits s_two = new() { QueueCapacity = 2, MaxQueueWait = TimeSpan.FromMinutes(1) };

    [Fact]
    public async Task Enqueue_QueueFull_IsOverloadedWithTheTimeTheQueueNeeds()
    {
        using var bench = new BatcherBench(s_two);
        // 10 tokens a second, known from one run.
        bench.Runner.OnRun = () => bench.Time.Advance(TimeSpan.FromSeconds(1));
        await Patience.Wait(bench.Enqueue(length: 10).Completion);
        bench.Runner.AwaitStart();
        bench.Runner.OnRun = null;
        bench.Block();
        bench.Enqueue(length: 10);
        bench.Enqueue(length: 20);

        var refusal = Assert.Throws<ServingException>(() => bench.Enqueue());

        Assert.Equal(ServingErrorCode.Overloaded, refusal.Code);
        Assert.Equal(3, refusal.RetryAfter!.Value.TotalSeconds, 3);
        Assert.Equal(2, bench.Batcher.Depth);
    }

    [Fact]
    public void Enqueue_RoomForSomeRowsOnly_TakesNone()
    {
        using var bench = new BatcherBench(s_two);
        bench.Block();
        bench.Enqueue();

        Assert.Throws<ServingException>(() => bench.Batcher.Enqueue([new TestRow(), new TestRow()]));

        Assert.Equal(1, bench.Batcher.Depth);
    }

    [Fact]
    public void EnsureRoom_QueueFull_RefusesAsEnqueueWould()
    {
        using var bench = new BatcherBench(s_two);
        bench.Block();
        bench.Batcher.EnsureRoom(2);
        bench.Enqueue();

        Assert.Equal(ServingErrorCode.Overloaded, Assert.Throws<ServingException>(() => bench.Batcher.EnsureRoom(2)).Code);
    }

    [Fact]
    public void Enqueue_MoreRowsThanTheQueueEverHolds_IsTheCallersMistake()
    {
        using var bench = new BatcherBench(s_two);

        var refusal = Assert.Throws<ServingException>(() => bench.Batcher.Enqueue([new TestRow(), new TestRow(), new TestRow()]));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.Null(refusal.RetryAfter);
    }

    [Fact]
    public void Cancel_InAFullQueue_MakesRoom()
    {
        using var bench = new BatcherBench(s_two);
        bench.Block();
        var gone = bench.Enqueue();
        bench.Enqueue();

        bench.Batcher.Cancel(gone, new OperationCanceledException());

        bench.Enqueue();
        Assert.Equal(2, bench.Batcher.Depth);
        Assert.Equal(8, bench.Batcher.QueuedTokens);
    }
}
