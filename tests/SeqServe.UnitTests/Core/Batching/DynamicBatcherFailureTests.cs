using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Batching;

public class DynamicBatcherFailureTests
{
    [Fact]
    public async Task Run_OneBadRow_FailsAlone()
    {
        using var bench = new BatcherBench();
        bench.Block();
        var first = bench.Enqueue();
        var bad = bench.Enqueue(poison: true);
        var last = bench.Enqueue();

        bench.Runner.Open();

        await Patience.Wait(Task.WhenAll(first.Completion, last.Completion));
        Assert.Equal(ServingErrorCode.InferenceFailed, await BatcherBench.FailureOf(bad));
        Assert.Equal([1, 3, 1, 1, 1], bench.Runner.Batches.Select(b => b.Length));
        Assert.Equal(1, first.BatchSize);
    }

    [Fact]
    public async Task Run_LoneBadRow_FailsAfterOneRun()
    {
        using var bench = new BatcherBench();

        Assert.Equal(ServingErrorCode.InferenceFailed, await BatcherBench.FailureOf(bench.Enqueue(poison: true)));
        Assert.Single(bench.Runner.Batches);
    }

    [Fact]
    public async Task Run_Fails_KeepsTheThread()
    {
        using var bench = new BatcherBench(threads: 1);
        await BatcherBench.FailureOf(bench.Enqueue(poison: true));

        await Patience.Wait(bench.Enqueue().Completion);
    }

    [Fact]
    public async Task Run_FailsWithTheCause_TellsItToTheLogOnly()
    {
        using var bench = new BatcherBench();

        var failure = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Enqueue(poison: true).Completion));

        Assert.DoesNotContain("Poison", failure.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(failure.InnerException);
    }

    [Fact]
    public async Task Run_RowDepartsWhileItsBatchFails_IsNotRunAgain()
    {
        using var bench = new BatcherBench();
        bench.Block();
        var gone = bench.Enqueue(name: "gone");
        var bad = bench.Enqueue(poison: true);
        bench.Runner.OnRun = () =>
        {
            if (bench.Runner.Batches.Count == 2)
                bench.Batcher.Depart(gone, new OperationCanceledException());
        };
        bench.Runner.Open();

        Assert.Equal(ServingErrorCode.InferenceFailed, await BatcherBench.FailureOf(bad));
        Assert.Equal(1, bench.Runner.Batches.Count(b => b.Contains(gone)));
    }
}
