using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.Metrics.Testing;
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

    private static ContinuousBench NewBench(Action<BrittleRows> made) => new(newPrefill: model =>
    {
        var rows = new BrittleRows(model.NewRows());
        made(rows);
        return new EncoderPrefill(rows, ContinuousBench.BeginId, 0);
    });

    private static MetricCollector<long> Collect(ContinuousBench bench, string instrument) => new(bench.Meters, ServingMetrics.MeterName, instrument);
}
