using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
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
    public async Task Run_FailsWithTheCause_LogsItAndHidesItFromTheCaller()
    {
        using var bench = new BatcherBench();

        var failure = await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(bench.Enqueue(poison: true).Completion));

        Assert.DoesNotContain("Poison", failure.Message, StringComparison.Ordinal);
        Assert.IsType<InvalidOperationException>(failure.InnerException);
    }

    [Fact]
    public async Task Run_RowCancelledWhileItsBatchFails_IsNotRunAgain()
    {
        using var bench = new BatcherBench();
        bench.Block();
        var gone = bench.Enqueue(name: "gone");
        var bad = bench.Enqueue(poison: true);
        bench.Runner.OnRun = () =>
        {
            if (bench.Runner.Batches.Count == 2)
                bench.Batcher.Cancel(gone, new OperationCanceledException());
        };
        bench.Runner.Open();

        Assert.Equal(ServingErrorCode.InferenceFailed, await BatcherBench.FailureOf(bad));
        Assert.Equal(1, bench.Runner.Batches.Count(b => b.Contains(gone)));
    }

    [Fact]
    public async Task Run_OneBadRow_CountsOnlyTheRunsThatSucceed()
    {
        using var bench = new BatcherBench();
        using var runs = Collect<long>(bench, "seqserve.runs");
        using var failed = Collect<long>(bench, "seqserve.runs.failed");
        using var useful = Collect<long>(bench, "seqserve.tokens.useful");
        using var computed = Collect<long>(bench, "seqserve.tokens.computed");
        bench.Block();
        TestRow[] good = [bench.Enqueue(), bench.Enqueue()];
        var bad = bench.Enqueue(poison: true);

        bench.Runner.Open();
        await Patience.Wait(Task.WhenAll(good.Select(row => row.Completion)));
        await BatcherBench.FailureOf(bad);

        // The blocker and the two good rows of four tokens each; the batch of three and the bad row failed.
        Assert.Equal((3, 2, 12, 12), (Sum(runs), Sum(failed), Sum(useful), Sum(computed)));
    }

    [Fact]
    public async Task Run_Fails_TeachesNothingOfHowLongARunTakes()
    {
        using var bench = new BatcherBench();
        bench.Runner.OnRun = () => bench.Time.Advance(TimeSpan.FromSeconds(4));
        await Patience.Wait(bench.Enqueue().Completion);
        bench.Runner.OnRun = null;
        for (var i = 0; i < 50; i++)
            await BatcherBench.FailureOf(bench.Enqueue(poison: true));
        for (var i = 0; i < 51; i++)
            bench.Runner.AwaitStart();
        bench.Block();
        bench.Enqueue();

        // Four tokens wait, and each takes a second.
        Assert.Equal(4, bench.Batcher.Refusal(1, TimeSpan.FromSeconds(1))!.Value.RetryAfter!.Value.TotalSeconds, 3);
    }

    [Fact]
    public async Task Run_RowsCannotBeTaken_FailAndTheNextOnesAreAnswered()
    {
        using var scheduler = new RunScheduler(1);
        using var bench = new BatcherBench(scheduler: scheduler, time: new ClockThatFailsOnce());
        var row = bench.Enqueue();

        Assert.Equal(ServingErrorCode.InferenceFailed, await BatcherBench.FailureOf(row));
        Assert.Equal(0, bench.Batcher.Depth);
        await Patience.Wait(bench.Enqueue().Completion);
    }

    [Fact]
    public async Task Run_ListenerOfMetricsThrows_AnswersEveryCallerAndKeepsTheThread()
    {
        using var bench = new BatcherBench();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == bench.Meters && instrument.Name == "seqserve.runs")
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("a listener's bug"));
        listener.Start();

        Assert.Equal(ServingErrorCode.InferenceFailed, await BatcherBench.FailureOf(bench.Enqueue()));
        listener.Dispose();
        await Patience.Wait(bench.Enqueue().Completion);
    }

    [Fact]
    public async Task Run_FailsAndTheLogToo_HasAnsweredTheRowBefore()
    {
        TestRow? bad = null;
        var answered = new List<bool>();
        using var bench = new BatcherBench(logger: new FakeLogger(_ =>
        {
            answered.Add(bad!.Completion.IsFaulted);
            throw new IOException("the disk is full");
        }));
        bench.Block();
        bad = bench.Enqueue(poison: true);

        bench.Runner.Open();

        Assert.Equal(ServingErrorCode.InferenceFailed, await BatcherBench.FailureOf(bad));
        await Patience.Wait(bench.Enqueue().Completion);
        // The second line is of the first one, which failed.
        Assert.Equal([true, true], answered);
    }

    [Fact]
    public async Task Run_RowsCannotBeTakenAndTheLogThrowsToo_HasAnsweredEveryRowBefore()
    {
        TestRow[]? rows = null;
        var answered = new List<bool>();
        using var scheduler = new RunScheduler(1);
        var clock = new ClockThatFailsOnce();
        clock.FailAt(0);
        using var bench = new BatcherBench(scheduler: scheduler, time: clock, logger: new FakeLogger(_ =>
        {
            answered.AddRange(rows!.Select(row => row.Completion.IsFaulted));
            throw new IOException("the disk is full");
        }));
        bench.Block();
        rows = [bench.Enqueue(), bench.Enqueue()];
        bench.Runner.OnRun = () =>
        {
            // At the end of this run, then when the next batch is assembled.
            clock.FailAt(2);
            bench.Runner.OnRun = null;
        };

        bench.Runner.Open();

        foreach (var row in rows)
            Assert.Equal(ServingErrorCode.InferenceFailed, await BatcherBench.FailureOf(row));
        await Patience.Wait(bench.Enqueue().Completion);
        Assert.Equal([true, true], answered);
    }

    // Once when a row is queued, then when the batch is assembled.
    private sealed class ClockThatFailsOnce : FakeTimeProvider
    {
        private int _calls;
        private int _failing = 2;

        public void FailAt(int call) => (_calls, _failing) = (0, call);

        public override long GetTimestamp() =>
            Interlocked.Increment(ref _calls) == _failing ? throw new InvalidOperationException("a bug") : base.GetTimestamp();
    }

    private static MetricCollector<T> Collect<T>(BatcherBench bench, string instrument)
        where T : struct => new(bench.Meters, ServingMetrics.MeterName, instrument);

    private static long Sum(MetricCollector<long> collector) => collector.GetMeasurementSnapshot().Sum(m => m.Value);
}
