using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Encoders;

namespace SeqServe.UnitTests.Core.Tasks.Classification;

public class SequenceClassifierWaitTests
{
    private static readonly TimeSpan s_deadline = TimeSpan.FromMilliseconds(100);

    [Fact]
    public async Task Classify_DeadlinePassesInTheQueue_FailsAndCostsNoRun()
    {
        using var bench = new ClassifierBench();
        var (running, late) = (Block(bench), bench.Classify(new ClassificationRequest(["late"]) { Timeout = s_deadline }));

        bench.Time.Advance(s_deadline);

        Assert.Equal(ServingErrorCode.DeadlineExceeded, (await Assert.ThrowsAsync<ServingException>(() => late)).Code);
        bench.Backend.Open();
        await running;
        await bench.Classify("after");
        Assert.DoesNotContain(bench.Ids("late"), bench.Runs);
    }

    [Fact]
    public async Task Classify_DeadlinePassesInTheQueue_ItsWaitIsMeasured()
    {
        using var bench = new ClassifierBench();
        using var waits = new MetricCollector<double>(bench.Registry.Meters, ServingMetrics.MeterName, "seqserve.queue.duration");
        var (running, late) = (Block(bench), bench.Classify(new ClassificationRequest(["late"]) { Timeout = s_deadline }));

        bench.Time.Advance(s_deadline);

        await Assert.ThrowsAsync<ServingException>(() => late);
        Assert.Equal(s_deadline.TotalSeconds, Assert.Single(waits.GetMeasurementSnapshot()).Value, 1e-9);
        bench.Backend.Open();
        await running;
    }

    [Fact]
    public async Task Classify_DeadlinePassesInTheRun_FailsWithoutWaitingForIt()
    {
        using var bench = new ClassifierBench();
        bench.Backend.Close();
        var late = bench.Classify(new ClassificationRequest(["late"]) { Timeout = s_deadline });
        bench.Backend.AwaitStart();

        bench.Time.Advance(s_deadline);

        Assert.Equal(ServingErrorCode.DeadlineExceeded, (await Assert.ThrowsAsync<ServingException>(() => late)).Code);
    }

    [Fact]
    public async Task Classify_DeadlineNotYetThere_IsAnswered()
    {
        using var bench = new ClassifierBench();
        var running = Block(bench);
        var inTime = bench.Classify(new ClassificationRequest(["in time"]) { Timeout = s_deadline });

        bench.Time.Advance(s_deadline - TimeSpan.FromMilliseconds(1));
        bench.Backend.Open();

        Assert.Single((await inTime).Results);
        await running;
    }

    [Fact]
    public async Task Classify_CallerGoes_IsCancelledAndCostsNoRun()
    {
        using var bench = new ClassifierBench();
        using var caller = new CancellationTokenSource();
        var running = Block(bench);
        var gone = bench.Classify(new ClassificationRequest(["gone one", "gone two"]), caller.Token);

        await caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        bench.Backend.Open();
        await running;
        await bench.Classify("after");
        Assert.Equal(["blocker", "after"],
            bench.Runs.Select(ids => ids.SequenceEqual(bench.Ids("blocker")) ? "blocker" : ids.SequenceEqual(bench.Ids("after")) ? "after" : "gone"));
    }

    [Fact]
    public async Task Classify_CallerGoneBefore_CostsNoRun()
    {
        using var bench = new ClassifierBench();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bench.Classify(new ClassificationRequest(["x"]), new CancellationToken(canceled: true)));

        Assert.Empty(bench.Runs);
    }

    [Fact]
    public async Task Classify_OneTextOfTheRequestFails_LetsTheOthersGo()
    {
        using var bench = new ClassifierBench();
        var bad = bench.Ids("bad");
        bench.Backend.Answer = ids => ids.SequenceEqual(bad.Select(id => (long)id)) ? [float.NaN, 0] : [1, 0];

        var failed = await Assert.ThrowsAsync<ServingException>(() => bench.Classify("bad", "good"));
        var other = await bench.Classify("good");

        Assert.Equal(ServingErrorCode.InferenceFailed, failed.Code);
        Assert.Single(other.Results);
    }

    [Fact]
    public async Task Timings_OfARequest_AreWaitRunAndBatch()
    {
        using var bench = new ClassifierBench();
        var running = Block(bench);
        var request = bench.Classify("one", "two");
        bench.Time.Advance(TimeSpan.FromMilliseconds(7));
        bench.Backend.OnRun = () =>
        {
            if (bench.Backend.Batches.Count == 2)
                bench.Time.Advance(TimeSpan.FromMilliseconds(5));
        };

        bench.Backend.Open();
        var timings = (await request).Timings;
        await running;

        Assert.Equal(
            (0.0, 7.0, 5.0, 2), (timings.Tokenize.TotalMilliseconds, timings.Queue.TotalMilliseconds, timings.Compute.TotalMilliseconds, timings.BatchSize));
    }

    private static Task<EncoderResponse<ClassifiedText>> Block(ClassifierBench bench)
    {
        bench.Backend.Close();
        var running = bench.Classify("blocker");
        bench.Backend.AwaitStart();
        return running;
    }
}
