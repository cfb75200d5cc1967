using SeqServe.Core.Batching;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Decoding;

public sealed class ContinuousBatcherAdmissionTests
{
    [Fact]
    public void Enqueue_QueueFullOfTokens_IsOverloaded()
    {
        using var bench = Busy(new BatchLimits { MaxBatchSize = 1, QueueCapacityTokens = 5 });
        bench.Enqueue(new GreedyTestSequence([1, 2, 3], 2));

        var refusal = Assert.Throws<ServingException>(() => bench.Enqueue(new GreedyTestSequence([1, 2, 3], 2)));

        Assert.Equal(ServingErrorCode.Overloaded, refusal.Code);
        Assert.Contains("5 tokens may wait", refusal.Message, StringComparison.Ordinal);
        bench.Enqueue(new GreedyTestSequence([1, 2], 2));
    }

    [Fact]
    public void Enqueue_MoreTokensThanTheQueueEverHolds_IsTheCallersMistake()
    {
        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 1, QueueCapacityTokens = 5 });

        var refusal = Assert.Throws<ServingException>(() => bench.Enqueue(new GreedyTestSequence([1, 2, 3, 4, 5, 6], 2)));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
    }

    [Fact]
    public async Task EnsureRoom_DeadlineBeforeTheQueueIsReached_IsRefusedWithTheWait()
    {
        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 1 }, languageModel: true);
        // Two input tokens a second, known from the second sequence; the first of a model is slow for once.
        bench.Model.OnRun = _ => bench.Time.Advance(TimeSpan.FromSeconds(100));
        await Patience.Wait(bench.Enqueue(new GreedyTestSequence([1, 2], 1)).Completion);
        bench.Model.OnRun = _ => bench.Time.Advance(TimeSpan.FromSeconds(1));
        await Patience.Wait(bench.Enqueue(new GreedyTestSequence([1, 2], 1)).Completion);
        bench.Model.OnRun = null;
        bench.Model.Forget();
        Block(bench);
        bench.Enqueue(new GreedyTestSequence([1, 2, 3], 2));

        var refusal = Assert.Throws<ServingException>(() => bench.Batcher.EnsureRoom(1, TimeSpan.FromSeconds(1)));

        Assert.Equal(ServingErrorCode.Overloaded, refusal.Code);
        Assert.Equal(1.5, refusal.RetryAfter!.Value.TotalSeconds, 3);
        bench.Batcher.EnsureRoom(1, TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task Sequences_OfThreeClasses_RunHighFirstAndLowLast()
    {
        using var bench = Busy(new BatchLimits { MaxBatchSize = 1 });
        var order = new List<string>();
        GreedyTestSequence[] waiting = [Named("low", RowPriority.Low), Named("normal", RowPriority.Normal), Named("high", RowPriority.High)];
        foreach (var sequence in waiting)
            bench.Enqueue(sequence);

        bench.Model.Open();
        foreach (var sequence in waiting)
            await Patience.Wait(sequence.Completion);

        Assert.Equal(["high", "normal", "low"], order);
        GreedyTestSequence Named(string name, RowPriority priority) => new([1], 1) { Priority = priority, OnToken = _ => order.Add(name) };
    }

    private static ContinuousBench Busy(BatchLimits limits)
    {
        var bench = new ContinuousBench(limits);
        Block(bench);
        return bench;
    }

    private static void Block(ContinuousBench bench)
    {
        bench.Model.Close();
        bench.Enqueue(new GreedyTestSequence([1], 1));
        bench.Model.AwaitStart();
    }
}
