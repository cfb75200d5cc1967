using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Decoding;

public class ContinuousBatcherFailureTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Prefill_OfOneBadInput_FailsItAlone(bool languageModel)
    {
        using var bench = new ContinuousBench(languageModel: languageModel);
        bench.Model.OnRun = rows => Refuse(rows, row => row is [13, ..]);
        GreedyTestSequence[] sequences = [new([1, 2], 4), new([13, 2], 4), new([3, 4], 4)];

        bench.Batcher.Enqueue(sequences);

        Assert.Equal(ServingErrorCode.InferenceFailed, await ContinuousBench.FailureOf(sequences[1]));
        await AnswersAsAlone(languageModel, 4, sequences[0], sequences[2]);
    }

    [Fact]
    public async Task Step_ThatFailsForOneRow_FailsItAlone()
    {
        using var bench = new ContinuousBench();
        var poisoned = await ContinuousBench.Solo([7, 7], 6);
        // A token that the second sequence reads in its third step, and no other sequence at that time.
        var steps = 0;
        bench.Model.OnRun = rows =>
        {
            if (rows.All(row => row.Length == 1) && ++steps >= 3)
                Refuse(rows, row => row[0] == poisoned[1]);
        };
        var sequence = bench.Enqueue(new GreedyTestSequence([7, 7], 6));

        Assert.Equal(ServingErrorCode.InferenceFailed, await ContinuousBench.FailureOf(sequence));
        bench.Model.OnRun = null;
        var next = bench.Enqueue(new GreedyTestSequence([7, 7], 6));
        await AnswersAsAlone(false, 6, next);
    }

    [Fact]
    public async Task Step_ThatFailsTogether_IsTakenByEachAlone()
    {
        using var bench = new ContinuousBench();
        // Every run of several rows fails, so no step can be shared, and each answer must still be right.
        bench.Model.OnRun = rows =>
        {
            if (rows.Length > 1)
                throw new BackendException("too many");
        };
        GreedyTestSequence[] sequences = [new([1, 2], 9), new([2, 5, 1], 5), new([3], 7)];

        bench.Batcher.Enqueue(sequences);

        await Patience.Wait(Task.WhenAll(sequences.Select(s => s.Completion)));
        Assert.Equal(await ContinuousBench.Solo([1, 2], 9), sequences[0].Answer);
        Assert.Equal(await ContinuousBench.Solo([2, 5, 1], 5), sequences[1].Answer);
        Assert.Equal(await ContinuousBench.Solo([3], 7), sequences[2].Answer);
    }

    [Fact]
    public async Task Logits_NotFinite_FailTheirSequenceAlone()
    {
        using var bench = new ContinuousBench();
        bench.Model.Answer = read => read[0] == 9 && read.Count > 4 ? [.. Enumerable.Repeat(float.NaN, 16)] : [0, 0, 0, 1, .. new float[12]];
        GreedyTestSequence[] sequences = [new([1, 2], 6), new([9, 2], 6)];

        bench.Batcher.Enqueue(sequences);

        Assert.Equal(ServingErrorCode.InferenceFailed, await ContinuousBench.FailureOf(sequences[1]));
        await Patience.Wait(sequences[0].Completion);
        Assert.Equal([3, 3, 3, 3, 3, 3], sequences[0].Answer);
    }

    [Fact]
    public async Task Advance_ThatThrows_FailsItsSequenceAlone()
    {
        using var bench = new ContinuousBench();
        GreedyTestSequence[] sequences = [new([1, 2], 6), new([1, 2], 6) { OnToken = _ => throw new InvalidOperationException("a bug") }];

        bench.Batcher.Enqueue(sequences);

        Assert.Equal(ServingErrorCode.InferenceFailed, await ContinuousBench.FailureOf(sequences[1]));
        await AnswersAsAlone(false, 6, sequences[0]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Cancel_InTheMiddle_FreesTheSlotBeforeTheNextStep(bool languageModel)
    {
        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 1 }, languageModel: languageModel);
        bench.Model.Answer = _ => [0, 0, 0, 1, .. new float[12]];
        var tokens = 0;
        GreedyTestSequence leaving = null!;
        leaving = new GreedyTestSequence([1], 1_000_000)
        {
            OnToken = _ =>
            {
                if (++tokens == 3)
                    bench.Batcher.Cancel(leaving, new OperationCanceledException());
            },
        };
        bench.Enqueue(leaving);
        var next = bench.Enqueue(new GreedyTestSequence([2], 2));

        await Patience.Wait(next.Completion);

        Assert.True(leaving.Completion.IsCanceled);
        Assert.Equal(3, tokens);
    }

    [Fact]
    public async Task Cancel_WhileWaiting_CostsNoRun()
    {
        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 1 });
        bench.Model.Close();
        var running = bench.Enqueue(new GreedyTestSequence([1], 1));
        bench.Model.AwaitStart();
        var leaving = bench.Enqueue(new GreedyTestSequence([2], 1));

        bench.Batcher.Cancel(leaving, new OperationCanceledException());
        Assert.Equal(0, bench.Batcher.Depth);
        bench.Model.Open();
        await Patience.Wait(running.Completion);

        Assert.True(leaving.Completion.IsCanceled);
        Assert.Equal(0, leaving.Steps);
    }

    [Fact]
    public async Task Cancel_WhileItsPromptIsRead_LeavesTheOthersTheirs()
    {
        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 4, MaxBatchTokens = 6 }, languageModel: true);
        GreedyTestSequence[] sequences = [NewLong(12), NewLong(11), NewLong(10)];
        var runs = 0;
        bench.Model.OnRun = _ =>
        {
            // By then the second is read beside it.
            if (++runs == 2)
                bench.Batcher.Cancel(sequences[0], new OperationCanceledException());
        };

        bench.Batcher.Enqueue(sequences);
        await AnswersAsAlone(true, 5, sequences[1], sequences[2]);

        Assert.True(sequences[0].Completion.IsCanceled);
        Assert.Equal(0, sequences[0].Steps);
        static GreedyTestSequence NewLong(int length) => new([.. Enumerable.Range(0, length).Select(i => 1 + (i * length % 13))], 5);
    }

    [Fact]
    public async Task Cancel_EverySequenceOfALongRun_EndsTheRunWithoutAFault()
    {
        var log = new FakeLogger();
        using var bench = new ContinuousBench(logger: log);
        GreedyTestSequence[] sequences = [new([1, 2], 9), new([3, 4], 9)];
        var isEndedForOne = true;
        bench.Model.OnRun = _ =>
        {
            bench.Model.OnRun = null;
            using var ended = new ManualResetEventSlim();
            using var ending = EndableRun.OnEnd(static state => ((ManualResetEventSlim)state).Set(), ended);
            bench.Batcher.Cancel(sequences[0], new OperationCanceledException());
            bench.Time.Advance(TimeSpan.FromMinutes(1));
            isEndedForOne = ended.IsSet;
            bench.Batcher.Cancel(sequences[1], new OperationCanceledException());
            bench.Time.Advance(TimeSpan.FromSeconds(0.5));
            Patience.Wait(ended);
            throw new BackendException("Terminated.");
        };

        bench.Batcher.Enqueue(sequences);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.Wait(sequences[1].Completion));
        await Patience.Wait(bench.Enqueue(new GreedyTestSequence([5, 6], 2)).Completion);

        Assert.False(isEndedForOne);
        var line = Assert.Single(log.Collector.GetSnapshot());
        Assert.Equal((EventIds.RunEnded, LogLevel.Information), (line.Id.Id, line.Level));
    }

    [Fact]
    public async Task EndAll_WhileASequenceRuns_FailsItWithTheReason()
    {
        using var bench = new ContinuousBench();
        bench.Model.OnRun = _ =>
        {
            using var ending = EndableRun.OnEnd(static _ => { }, bench);
            bench.Runs.EndAll(new ServingException(ServingErrorCode.Draining, "Unloaded."));
            throw new BackendException("Terminated.");
        };

        Assert.Equal(ServingErrorCode.Draining, await ContinuousBench.FailureOf(bench.Enqueue(new GreedyTestSequence([1, 2], 9))));
    }

    private static void Refuse(int[][] rows, Func<int[], bool> bad)
    {
        if (rows.Any(bad))
            throw new BackendException("a bad row");
    }

    private static async Task AnswersAsAlone(bool languageModel, int limit, params GreedyTestSequence[] sequences)
    {
        foreach (var sequence in sequences)
        {
            await Patience.Wait(sequence.Completion);
            Assert.Equal(await ContinuousBench.Solo([.. sequence.Input], limit, languageModel), sequence.Answer);
        }
    }
}
