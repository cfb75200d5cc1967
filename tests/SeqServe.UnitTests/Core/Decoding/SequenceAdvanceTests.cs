using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Decoding;

public class SequenceAdvanceTests
{
    [Fact]
    public async Task Sequence_OfThreeTokens_RecordsTheTimeToTheFirstAndBetweenTheOthers()
    {
        using var bench = new ContinuousBench();
        bench.Model.Answer = static _ => [0, 0, 0, 1, .. new float[12]];
        bench.Model.OnRun = _ => bench.Time.Advance(TimeSpan.FromSeconds(1));
        using var first = Collect<double>(bench, "seqserve.time_to_first_token");
        using var between = Collect<double>(bench, "seqserve.inter_token");
        using var tokens = Collect<long>(bench, "seqserve.output.tokens");

        var sequence = bench.Enqueue(new GreedyTestSequence([1], 3));
        await Patience.Wait(sequence.Completion);

        // The source is encoded, then each step gives a token.
        Assert.Equal([2], Values(first));
        Assert.Equal([1, 1], Values(between));
        Assert.Equal(3, tokens.GetMeasurementSnapshot().EvaluateAsCounter());
        Assert.Equal((0.0, 2.0, 4.0), (Seconds(sequence.StartedAt), Seconds(sequence.FirstTokenAt), Seconds(sequence.FinishedAt)));
        double Seconds(long at) => bench.Time.GetElapsedTime(sequence.EnqueuedAt, at).TotalSeconds;
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1)]
    [InlineData(-1)]
    public async Task Advance_RowsThatItMayNotHave_FailsItsSequenceAlone(params int[] parents)
    {
        using var bench = new ContinuousBench();
        ActiveSequence[] sequences = [new GreedyTestSequence([1, 2], 4), new AskingSequence(parents)];

        bench.Batcher.Enqueue(sequences);

        Assert.Equal(ServingErrorCode.InferenceFailed, await ContinuousBench.FailureOf(sequences[1]));
        await Patience.Wait(sequences[0].Completion);
        Assert.Equal(await ContinuousBench.Solo([1, 2], 4), ((GreedyTestSequence)sequences[0]).Answer);
    }

    private static MetricCollector<T> Collect<T>(ContinuousBench bench, string instrument)
        where T : struct => new(bench.Meters, ServingMetrics.MeterName, instrument);

    private static IEnumerable<double> Values(MetricCollector<double> collector) => collector.GetMeasurementSnapshot().Select(m => m.Value);

    /// <summary>May have one row, and asks for rows of these parents.</summary>
    private sealed class AskingSequence(int[] parents) : ActiveSequence([3, 4], 1, default)
    {
        public override void Advance(StepOutputs outputs, NextRows following)
        {
            foreach (var parent in parents)
                following.Add(parent, 5);
        }
    }
}
