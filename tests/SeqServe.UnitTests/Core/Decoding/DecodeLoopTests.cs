using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Diagnostics;

namespace SeqServe.UnitTests.Core.Decoding;

public sealed class DecodeLoopTests
{
    [Fact]
    public async Task Run_SlotCannotBeFreed_FailsWhatIsInFlightAndServesTheNext()
    {
        BrittleRows rows = null!;
        using var bench = NewBench(made => rows = made);
        var failures = 0;
        rows.OnRemove = () =>
        {
            if (failures++ == 0)
                throw new InvalidOperationException("a bug");
        };
        // The first one ends after its first step, which takes its row out.
        GreedyTestSequence[] sequences = [new([1, 2], 1), new([3, 4], 9)];

        bench.Batcher.Enqueue(sequences);

        await Patience.Wait(sequences[0].Completion);
        Assert.Equal(ServingErrorCode.InferenceFailed, await ContinuousBench.FailureOf(sequences[1]));
        var next = bench.Enqueue(new GreedyTestSequence([5, 6], 4));
        await Patience.Wait(next.Completion);
        Assert.Equal(await ContinuousBench.Solo([5, 6], 4), next.Answer);
    }

    [Fact]
    public async Task Run_SlotsCanNeverBeFreed_FailsEverySequenceAndKeepsNobodyWaiting()
    {
        BrittleRows rows = null!;
        using var bench = NewBench(made => rows = made);
        rows.OnRemove = () => throw new InvalidOperationException("a bug");
        GreedyTestSequence[] sequences = [new([1, 2], 1), new([3, 4], 9)];
        bench.Batcher.Enqueue(sequences);
        await ContinuousBench.FailureOf(sequences[1]);

        for (var i = 0; i < 3; i++)
            Assert.Equal(ServingErrorCode.InferenceFailed, await ContinuousBench.FailureOf(bench.Enqueue(new GreedyTestSequence([5, 6], 4))));

        Assert.Equal(0, bench.Batcher.Depth);
        rows.OnRemove = null;
        await Patience.Wait(bench.Enqueue(new GreedyTestSequence([5, 6], 4)).Completion);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Run_ListenerOfMetricsThrows_FailsWhatIsInFlightAndServesTheNext(bool languageModel)
    {
        using var bench = new ContinuousBench(languageModel: languageModel);
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Scope == bench.Meters && instrument.Name == "seqserve.runs")
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((_, _, _, _) => throw new InvalidOperationException("a listener's bug"));
        listener.Start();

        Assert.Equal(ServingErrorCode.InferenceFailed, await ContinuousBench.FailureOf(bench.Enqueue(new GreedyTestSequence([1, 2], 4))));
        listener.Dispose();
        var next = bench.Enqueue(new GreedyTestSequence([5, 6], 4));
        await Patience.Wait(next.Completion);
        Assert.Equal(await ContinuousBench.Solo([5, 6], 4, languageModel), next.Answer);
    }

    [Fact]
    public async Task Run_OfOneBadInput_CountsTheFailedRunsAndNoneOfTheirTokens()
    {
        using var bench = new ContinuousBench();
        using var failed = Collect(bench, "seqserve.runs.failed");
        using var useful = Collect(bench, "seqserve.tokens.useful");
        bench.Model.OnRun = rows =>
        {
            if (rows.Any(row => row is [13, ..]))
                throw new BackendException("a bad row");
        };
        GreedyTestSequence[] sequences = [new([1, 2], 1), new([13, 2], 1)];

        bench.Batcher.Enqueue(sequences);
        await Patience.Wait(sequences[0].Completion);
        await ContinuousBench.FailureOf(sequences[1]);

        // Both together, then the bad one alone; the good one reads two tokens and takes one step.
        Assert.Equal((2, 3), (failed.Sum(), useful.Sum()));
    }

    [Fact]
    public async Task Run_Fails_TeachesNothingOfHowLongASequenceTakes()
    {
        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 1 });
        // The first sequence of a model is not measured; the second takes two seconds for its two tokens, one in each of its runs.
        bench.Model.OnRun = _ => bench.Time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < 2; i++)
            await Patience.Wait(bench.Enqueue(new GreedyTestSequence([1, 2], 1)).Completion);
        bench.Model.OnRun = _ => throw new BackendException("broken");
        for (var i = 0; i < 50; i++)
            await ContinuousBench.FailureOf(bench.Enqueue(new GreedyTestSequence([1, 2], 1)));
        bench.Model.OnRun = null;
        bench.Model.Forget();
        bench.Model.Close();
        bench.Enqueue(new GreedyTestSequence([1, 2], 1));
        bench.Model.AwaitStart();
        bench.Enqueue(new GreedyTestSequence([1, 2, 3], 1));

        var refusal = bench.Batcher.Refusal(1, TimeSpan.FromSeconds(1));

        Assert.Equal(3, refusal!.Value.RetryAfter!.Value.TotalSeconds, 3);
    }

    [Fact]
    public async Task Run_FailsForOneSequence_KeepsTheTimeThatWasSpentOnTheOther()
    {
        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 2 });
        bench.Model.Answer = static _ => [0, 0, 0, 1, .. new float[12]];
        // The first sequence of a model is not measured.
        await Patience.Wait(bench.Enqueue(new GreedyTestSequence([1, 2], 1)).Completion);
        bench.Model.OnRun = rows =>
        {
            if (rows.Any(row => row is [13, ..]))
                throw new BackendException("a bad row");
            bench.Time.Advance(TimeSpan.FromSeconds(1));
        };
        var bad = new GreedyTestSequence([13, 2], 1);
        var tokens = 0;
        var good = new GreedyTestSequence([1, 2], 4)
        {
            OnToken = _ =>
            {
                if (++tokens == 2)
                    bench.Enqueue(bad);
            },
        };

        bench.Enqueue(good);
        await Patience.Wait(good.Completion);
        await ContinuousBench.FailureOf(bad);

        // Prefill and two steps before the failure and one behind it: four seconds for two tokens. The run with the failure is not counted.
        Assert.Equal(2, SecondsPerToken(bench), 3);
    }

    [Fact]
    public async Task Run_FailsForAllSequences_ForgetsTheTimeThatWasSpentOnThem()
    {
        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 1 });
        bench.Model.Answer = static _ => [0, 0, 0, 1, .. new float[12]];
        await Patience.Wait(bench.Enqueue(new GreedyTestSequence([1, 2], 1)).Completion);
        var runs = 0;
        bench.Model.OnRun = _ =>
        {
            if (++runs == 4)
                throw new BackendException("broken");
            bench.Time.Advance(TimeSpan.FromSeconds(1));
        };
        await ContinuousBench.FailureOf(bench.Enqueue(new GreedyTestSequence([1, 2], 9)));

        await Patience.Wait(bench.Enqueue(new GreedyTestSequence([1, 2], 1)).Completion);

        // A prefill and a step for two tokens; the prefill and two steps of the sequence that failed say nothing of it.
        Assert.Equal(1, SecondsPerToken(bench), 3);
    }

    [Fact]
    public async Task Run_LogThrowsToo_HasAnsweredEverySequenceBefore()
    {
        BrittleRows rows = null!;
        List<ActiveSequence> sequences = [new GreedyTestSequence([1, 2], 1), new GreedyTestSequence([3, 4], 9)];
        var answered = new List<bool>();
        using var bench = NewBench(made => rows = made, new FakeLogger(line =>
        {
            if (line.Contains("A run of a decoding loop failed", StringComparison.Ordinal))
                answered.AddRange(sequences.Select(sequence => sequence.Completion.IsCompleted));
            throw new IOException("the disk is full");
        }));
        rows.OnRemove = () =>
        {
            rows.OnRemove = null;
            throw new InvalidOperationException("a bug");
        };

        bench.Batcher.Enqueue(sequences);

        Assert.Equal(ServingErrorCode.InferenceFailed, await ContinuousBench.FailureOf(sequences[1]));
        await Patience.Wait(bench.Enqueue(new GreedyTestSequence([5, 6], 4)).Completion);
        Assert.Equal([true, true], answered);
    }

    [Fact]
    public async Task Run_OfALoneSequenceFailsAndTheLogToo_HasAnsweredItBefore()
    {
        var sequence = new GreedyTestSequence([1, 2], 1);
        var answered = new List<bool>();
        using var bench = new ContinuousBench(logger: new FakeLogger(_ =>
        {
            answered.Add(sequence.Completion.IsFaulted);
            throw new IOException("the disk is full");
        }));
        bench.Model.OnRun = static _ => throw new BackendException("broken");

        bench.Enqueue(sequence);

        Assert.Equal(ServingErrorCode.InferenceFailed, await ContinuousBench.FailureOf(sequence));
        bench.Model.OnRun = null;
        await Patience.Wait(bench.Enqueue(new GreedyTestSequence([5, 6], 4)).Completion);
        Assert.Equal([true, true], answered);
    }

    [Fact]
    public async Task Advance_ThrowsAndTheLogToo_HasFailedItsSequenceBefore()
    {
        var sequence = new GreedyTestSequence([1, 2], 1) { OnToken = _ => throw new InvalidOperationException("a bug") };
        var answered = new List<bool>();
        using var bench = new ContinuousBench(logger: new FakeLogger(line =>
        {
            if (line.Contains("could not go on", StringComparison.Ordinal))
                answered.Add(sequence.Completion.IsFaulted);
            throw new IOException("the disk is full");
        }));

        bench.Enqueue(sequence);

        Assert.Equal(ServingErrorCode.InferenceFailed, await ContinuousBench.FailureOf(sequence));
        await Patience.Wait(bench.Enqueue(new GreedyTestSequence([5, 6], 4)).Completion);
        Assert.Equal([true], answered);
    }

    // Of one token that waits while a sequence runs.
    private static double SecondsPerToken(ContinuousBench bench)
    {
        bench.Model.OnRun = null;
        bench.Model.Forget();
        bench.Model.Close();
        bench.Enqueue(new GreedyTestSequence([1], 1));
        bench.Model.AwaitStart();
        bench.Enqueue(new GreedyTestSequence([1], 1));
        return bench.Batcher.Refusal(1, TimeSpan.Zero)!.Value.RetryAfter!.Value.TotalSeconds;
    }

    private static ContinuousBench NewBench(Action<BrittleRows> made, ILogger? logger = null) => new(
        newPrefill: model =>
        {
            var rows = new BrittleRows(model.NewRows());
            made(rows);
            return new EncoderPrefill(rows, ContinuousBench.BeginId, 0);
        },
        logger: logger);

    private static MetricCollector<long> Collect(ContinuousBench bench, string instrument) => new(bench.Meters, ServingMetrics.MeterName, instrument);
}
