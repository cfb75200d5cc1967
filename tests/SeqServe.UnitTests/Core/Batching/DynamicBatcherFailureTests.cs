using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Diagnostics;

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
    public async Task Run_OneBadRow_LogsTheBatchAndTheRowWithItsTrace()
    {
        var log = new FakeLogger();
        using var bench = new BatcherBench(logger: log);
        var trace = NewTrace();
        var bad = new TestRow(4, "bad", trace) { IsPoison = true };
        bench.Block();
        var good = bench.Enqueue();
        bench.Batcher.Enqueue([bad]);

        bench.Runner.Open();
        await Patience.Wait(good.Completion);
        await BatcherBench.FailureOf(bad);
        bench.AwaitScheduled();

        var lines = log.Collector.GetSnapshot();
        Assert.Equal([(EventIds.BatchFailed, LogLevel.Warning), (EventIds.RunFailed, LogLevel.Error)], lines.Select(line => (line.Id.Id, line.Level)));
        Assert.Equal($"{trace.TraceId}", lines[1].GetStructuredStateValue("RequestTrace"));
    }

    [Fact]
    public async Task Run_Fails_MarksTheSpanOfItsBatch()
    {
        // Batches of other tests have spans too meanwhile.
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == ServingTracing.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        using var bench = new BatcherBench();
        var trace = NewTrace();
        var bad = new TestRow(4, "bad", trace) { IsPoison = true };

        bench.Batcher.Enqueue([bad]);
        await BatcherBench.FailureOf(bad);

        var span = Assert.Single(ended, activity => activity.Links.Any(link => link.Context.TraceId == trace.TraceId));
        Assert.Equal((ActivityStatusCode.Error, nameof(InvalidOperationException)), (span.Status, span.StatusDescription));
    }

    // Whoever likes could fill the log with what is in truth its own mistake, or with the model's being down.
    [Theory]
    [InlineData(ServingErrorCode.InvalidRequest)]
    [InlineData(ServingErrorCode.Overloaded)]
    [InlineData(ServingErrorCode.ModelNotReady)]
    public async Task Run_RefusesWhatACallerSent_TellsThatCallerAloneAndLogsNothing(ServingErrorCode code)
    {
        var log = new FakeLogger();
        using var bench = new BatcherBench(logger: log);
        bench.Block();
        var (good, bad) = (bench.Enqueue(), bench.Enqueue(name: "bad"));
        bench.Runner.OnRun = () =>
        {
            if (bench.Runner.Batches.Last().Contains(bad))
                throw new ServingException(code, "An index is out of range.");
        };

        bench.Runner.Open();
        await Patience.Wait(good.Completion);

        Assert.Equal(code, await BatcherBench.FailureOf(bad));
        bench.AwaitScheduled();
        Assert.Equal(0, log.Collector.Count);
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
        Assert.Equal((3, 2, 12, 12), (runs.Sum(), failed.Sum(), useful.Sum(), computed.Sum()));
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
        var next = bench.Enqueue();
        await Patience.Wait(next.Completion);
        Assert.Equal([next], Assert.Single(bench.Runner.Batches));
    }

    [Fact]
    public async Task Run_RunsCannotBeCounted_IsLoggedAndTheRowRunsWithTheNext()
    {
        var log = new FakeLogger();
        using var bench = new BatcherBench(logger: log);
        bench.Runner.OnPossibleRuns = () =>
        {
            bench.Runner.OnPossibleRuns = null;
            throw new InvalidOperationException("a bug");
        };
        var row = bench.Enqueue();
        bench.AwaitScheduled();

        var next = bench.Enqueue();
        await Patience.Wait(Task.WhenAll(row.Completion, next.Completion));

        Assert.Equal(EventIds.RunFailed, Assert.Single(log.Collector.GetSnapshot()).Id.Id);
        Assert.Equal([row, next], Assert.Single(bench.Runner.Batches));
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

    private static ActivityContext NewTrace() => new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None);

    private static MetricCollector<T> Collect<T>(BatcherBench bench, string instrument)
        where T : struct => new(bench.Meters, ServingMetrics.MeterName, instrument);
}
