using FsCheck;
using FsCheck.Xunit;
using SeqServe.Core.Batching;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Batching;

public class DynamicBatcherProperties
{
    private const int Callers = 4;

    // Even numbers stay, odd ones are cancelled at some moment; every seventh is poison.
    [Property(MaxTest = 40)]
    public async Task Batcher_ConcurrentCallers_CompletesEveryRowOnce(NonEmptyArray<int> numbers, byte threads)
    {
        using var bench = new BatcherBench(new BatchLimits { MaxBatchSize = 5, QueueCapacity = 4096 }, threads: 1 + (threads % 3));
        var rows = Array.ConvertAll(numbers.Get, n => new TestRow(1 + (int)(Math.Abs((long)n) % 9), $"{n}") { IsPoison = n % 7 == 0 });

        await Patience.Wait(Task.WhenAll(Enumerable.Range(0, Callers).Select(caller => Task.Run(() => Send(bench, rows, numbers.Get, caller)))));
        await Patience.Wait(Task.WhenAll(rows.Select(r => r.Completion.ContinueWith(_ => { }, TaskScheduler.Default))));

        for (var i = 0; i < rows.Length; i++)
            AssertEnd(rows[i], isCancelled: numbers.Get[i] % 2 != 0, bench.Runner.Batches.Where(b => b.Contains(rows[i])).ToList());
        Assert.Equal(0, bench.Batcher.Depth);
        Assert.Equal(0, bench.Batcher.QueuedTokens);
    }

    private static void Send(BatcherBench bench, TestRow[] rows, int[] numbers, int caller)
    {
        for (var i = caller; i < rows.Length; i += Callers)
        {
            bench.Batcher.Enqueue([rows[i]]);
            if (numbers[i] % 2 != 0)
                bench.Batcher.Cancel(rows[i], new OperationCanceledException());
        }
    }

    private static void AssertEnd(TestRow row, bool isCancelled, List<TestRow[]> runs)
    {
        if (!isCancelled)
            Assert.Equal(row.IsPoison ? TaskStatus.Faulted : TaskStatus.RanToCompletion, row.Completion.Status);
        // A second run is that of a row whose batch failed.
        var shared = runs.Count(b => b.Length > 1);
        Assert.InRange(runs.Count, isCancelled ? 0 : 1, 2);
        Assert.InRange(shared, 0, 1);
        if (runs.Count == 2)
            Assert.Contains(runs[0], r => r.IsPoison);
        Assert.All(runs, batch => Assert.Equal(batch.Distinct(), batch));
    }
}
