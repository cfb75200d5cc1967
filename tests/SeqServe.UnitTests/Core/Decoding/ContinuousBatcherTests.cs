using Microsoft.Extensions.Diagnostics.Metrics.Testing;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Decoding;

public class ContinuousBatcherTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    public async Task Enqueue_ManyThatEnterAndLeaveAtDifferentSteps_AnswersEachAsAlone(int loops, bool languageModel)
    {
        var random = new Random(7);
        var inputs = Enumerable.Range(0, 64).Select(i => Enumerable.Range(0, random.Next(1, 12)).Select(_ => random.Next(1, 15)).ToArray()).ToList();
        var limits = inputs.Select(_ => random.Next(1, 20)).ToList();
        var alone = new List<IReadOnlyList<int>>();
        for (var i = 0; i < inputs.Count; i++)
            alone.Add(await ContinuousBench.Solo(inputs[i], limits[i], languageModel));

        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 5 }, loops, languageModel);
        var sequences = new List<GreedyTestSequence>();
        for (var i = 0; i < inputs.Count; i++)
        {
            sequences.Add(bench.Enqueue(new GreedyTestSequence(inputs[i], limits[i])));
            // Some come only after others have taken steps.
            if (i % 9 == 8)
                await Patience.Wait(sequences[i - 4].Completion);
        }

        await Patience.Wait(Task.WhenAll(sequences.Select(s => s.Completion)));

        Assert.Equal(alone, sequences.Select(s => s.Answer));
        Assert.Equal(0, bench.Batcher.Depth);
        Assert.Equal(0, bench.Batcher.QueuedTokens);
    }

    [Fact]
    public async Task Enqueue_SequencesThatBranch_KeepTheirRowsApart()
    {
        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 20 });
        var sequences = Enumerable.Range(0, 40).Select(seed =>
        {
            int[] input = [1 + (seed % 9), 3];
            float[] Expected(IReadOnlyList<int> read) => bench.Model.Logits([.. input, FakeDecoder.EndOfSource, ContinuousBench.BeginId, .. read]);
            return new BranchingTestSequence(input, 1 + (seed % 6), 12, seed, Expected);
        }).ToList();

        foreach (var sequence in sequences)
            bench.Enqueue(sequence);
        await Patience.Wait(Task.WhenAll(sequences.Select(s => s.Completion)));

        Assert.All(sequences, sequence => Assert.Empty(sequence.Faults));
        Assert.All(sequences, sequence => Assert.Equal(13, sequence.Steps));
        // A sequence enters only where there is room for all rows that it may come to have.
        Assert.All(bench.Model.Runs, rows => Assert.InRange(rows, 1, 20));
    }

    [Fact]
    public async Task Enqueue_WhileOthersDecode_SharesTheNextStep()
    {
        using var bench = new ContinuousBench();
        bench.Model.Answer = _ => Best(5);
        bench.Model.Close();
        var first = bench.Enqueue(new GreedyTestSequence([1], 6));
        bench.Model.AwaitStart();
        var second = bench.Enqueue(new GreedyTestSequence([2], 2));

        bench.Model.Open();
        await Patience.Wait(Task.WhenAll(first.Completion, second.Completion));

        // Encode, step of one; encode of the second, two steps of both; the rest of the first.
        Assert.Equal([1, 1, 1, 2, 2, 1, 1, 1], bench.Model.Runs);
        Assert.Equal(2, second.BatchSize);
    }

    [Fact]
    public async Task Enqueue_MoreRowsThanSlots_WaitInOrder()
    {
        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 2 });
        bench.Model.Answer = _ => Best(5);
        var ended = new List<int>();
        var sequences = Enumerable.Range(0, 6).Select(i => new GreedyTestSequence([1, 2], 3) { OnToken = _ => ended.Add(i) }).ToList();

        bench.Batcher.Enqueue(sequences);
        await Patience.Wait(Task.WhenAll(sequences.Select(s => s.Completion)));

        Assert.Equal([0, 1, 2, 3, 4, 5], ended.Distinct());
        Assert.All(bench.Model.Runs, rows => Assert.InRange(rows, 1, 2));
    }

    [Fact]
    public void Enqueue_MoreBeamsThanSlots_IsRefused()
    {
        using var bench = new ContinuousBench();

        var refused = Assert.Throws<ServingException>(() => bench.Enqueue(new BranchingTestSequence([1], 5, 1, 0, _ => [])));

        Assert.Equal(ServingErrorCode.InvalidRequest, refused.Code);
    }

    [Fact]
    public void Enqueue_QueueFull_IsRefusedAsAWhole()
    {
        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 1, QueueCapacity = 2 });
        bench.Model.Close();
        bench.Enqueue(new GreedyTestSequence([1], 2));
        bench.Model.AwaitStart();
        bench.Enqueue(new GreedyTestSequence([1], 2));

        var refused = Assert.Throws<ServingException>(() => bench.Batcher.Enqueue([new GreedyTestSequence([1], 2), new GreedyTestSequence([1], 2)]));

        Assert.Equal(ServingErrorCode.Overloaded, refused.Code);
        Assert.Equal(1, bench.Batcher.Depth);
        Assert.Throws<ServingException>(() => bench.Batcher.EnsureRoom(2));
    }

    [Fact]
    public async Task Dispose_WhileSomeWaitAndSomeRun_FailsAll()
    {
        var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 1 });
        bench.Model.Answer = _ => Best(5);
        bench.Model.Close();
        var running = bench.Enqueue(new GreedyTestSequence([1], 1000));
        bench.Model.AwaitStart();
        var waiting = bench.Enqueue(new GreedyTestSequence([1], 2));

        bench.Dispose();

        Assert.Equal(ServingErrorCode.Draining, (await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(waiting.Completion))).Code);
        Assert.Equal(ServingErrorCode.Draining, (await Assert.ThrowsAsync<ServingException>(() => Patience.Wait(running.Completion))).Code);
        Assert.Equal(ServingErrorCode.Draining, Assert.Throws<ServingException>(() => bench.Enqueue(new GreedyTestSequence([1], 2))).Code);
    }

    [Fact]
    public async Task Dispose_OfTheThreadsWhileASequenceIsInFlight_FailsIt()
    {
        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 1 });
        bench.Model.Answer = _ => Best(5);
        bench.Model.Close();
        var running = bench.Enqueue(new GreedyTestSequence([1], int.MaxValue));
        bench.Model.AwaitStart();

        var disposal = Task.Run(bench.Scheduler.Dispose);
        bench.Model.Open();

        Assert.Equal(ServingErrorCode.Draining, await ContinuousBench.FailureOf(running));
        await Patience.Wait(disposal);
    }

    [Fact]
    public void Enqueue_AfterTheThreadsHaveEnded_IsRefusedInPlaceOfWaitingForEver()
    {
        using var bench = new ContinuousBench();
        bench.Scheduler.Dispose();

        Assert.Equal(ServingErrorCode.Draining, Assert.Throws<ServingException>(() => bench.Enqueue(new GreedyTestSequence([1], 2))).Code);
        Assert.Equal(0, bench.Batcher.Depth);
    }

    [Theory]
    [InlineData("seqserve.queue.depth", 1)]
    [InlineData("seqserve.queue.tokens", 3)]
    [InlineData("seqserve.active_sequences", 1)]
    public void Gauges_WhileOneRunsAndOneWaits_CountThem(string gauge, double expected)
    {
        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 1 });
        using var values = new MetricCollector<double>(bench.Meters, ServingMetrics.MeterName, gauge);
        bench.Model.Close();
        bench.Enqueue(new GreedyTestSequence([1], 2));
        bench.Model.AwaitStart();
        bench.Enqueue(new GreedyTestSequence([1, 2, 3], 2));

        values.RecordObservableInstruments();

        Assert.Equal(expected, values.LastMeasurement?.Value);
    }

    private static float[] Best(int token)
    {
        var logits = new float[16];
        logits[token] = 1;
        return logits;
    }
}
