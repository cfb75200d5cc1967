using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Decoding;

/// <summary>The budget under the decoding loops of several models.</summary>
public class CacheBudgetTests
{
    private static readonly CacheCost s_cost = new(1, 1, 1);

    [Fact]
    public async Task Enqueue_MoreThanThereIsMemoryFor_IsAnsweredOneAfterTheOther()
    {
        var budget = new CacheBudget(25);
        using var bench = new ContinuousBench(new BatchLimits { MaxBatchSize = 8 }, caches: new CacheUse(s_cost, budget));

        var sequences = Enumerable.Range(0, 20).Select(i => bench.Enqueue(Sequence(1 + (i % 10)))).ToList();
        await Patience.Wait(Task.WhenAll(sequences.Select(s => s.Completion)));

        Assert.All(bench.Model.Runs, rows => Assert.InRange(rows, 1, 2));
        Assert.Equal(await ContinuousBench.Solo([3, 3, 3], 10), sequences[2].Answer);
    }

    [Fact]
    public async Task Enqueue_OfSeveralModels_AllAreAnsweredAndGiveTheirMemoryBack()
    {
        var budget = new CacheBudget(21);
        ContinuousBench[] models =
            [.. Enumerable.Range(0, 3).Select(_ => new ContinuousBench(new BatchLimits { MaxBatchSize = 4 }, loops: 2, caches: new CacheUse(s_cost, budget)))];
        try
        {
            var sequences = Enumerable.Range(0, 60).Select(i => models[i % 3].Enqueue(Sequence(1 + (i % 10)))).ToList();
            // Whoever waits with them must not keep the others waiting.
            foreach (var left in sequences.Where((_, i) => i % 7 == 0))
                models[sequences.IndexOf(left) % 3].Batcher.Cancel(left, new OperationCanceledException());
            await Patience.Wait(Task.WhenAll(sequences.Select(s => s.Completion.ContinueWith(static _ => { }, TaskScheduler.Default))));

            Assert.All(sequences.Where((_, i) => i % 7 != 0), s => Assert.True(s.Completion.IsCompletedSuccessfully));
        }
        finally
        {
            foreach (var model in models)
                model.Dispose();
        }

        Assert.Equal(0, budget.Held);
    }

    [Fact]
    public async Task Enqueue_NeedsMoreThanThereIs_IsRefusedWithWhatToDo()
    {
        using var bench = new ContinuousBench(caches: new CacheUse(new CacheCost(1 << 20, 1 << 20, 1), new CacheBudget(12 << 20)));

        var refusal = Assert.Throws<ServingException>(() => bench.Enqueue(Sequence(3)));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.Contains("13 MiB", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("fewer tokens", refusal.Message, StringComparison.Ordinal);
        var fits = bench.Enqueue(Sequence(2));
        await Patience.Wait(fits.Completion);
    }

    private static GreedyTestSequence Sequence(int length) => new([.. Enumerable.Repeat(length, length)], 10) { MostSteps = 10 };
}
