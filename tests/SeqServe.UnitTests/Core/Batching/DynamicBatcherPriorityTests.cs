using SeqServe.Core.Batching;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Batching;

public class DynamicBatcherPriorityTests
{
    private static readonly BatchLimits s_one = new() { MaxBatchSize = 1 };

    [Fact]
    public async Task Rows_OfThreeClasses_RunHighFirstAndLowLast()
    {
        using var bench = new BatcherBench(s_one);
        var blocker = bench.Block();
        TestRow[] rows =
        [
            Add(bench, "low", RowPriority.Low),
            Add(bench, "normal", RowPriority.Normal),
            Add(bench, "high 1", RowPriority.High),
            Add(bench, "high 2", RowPriority.High),
        ];

        Assert.Equal(["high 1", "high 2", "normal", "low"], await OrderAsync(bench, blocker, rows));
    }

    [Fact]
    public async Task NormalRow_ThatWaitedLongerThanTheHeadStart_IsNotOvertaken()
    {
        using var bench = new BatcherBench(s_one);
        var blocker = bench.Block();
        var aged = Add(bench, "aged", RowPriority.Normal);
        bench.Time.Advance(RowPriorities.NormalWait + TimeSpan.FromMilliseconds(1));
        var high = Add(bench, "high", RowPriority.High);

        Assert.Equal(["aged", "high"], await OrderAsync(bench, blocker, aged, high));
    }

    [Fact]
    public async Task LowRow_UnderAStreamOfHighRows_RunsWhenItHasAged()
    {
        using var bench = new BatcherBench(s_one);
        var blocker = bench.Block();
        var low = Add(bench, "low", RowPriority.Low);
        bench.Time.Advance(RowPriorities.LowWait - TimeSpan.FromMilliseconds(1));
        var before = Add(bench, "before", RowPriority.High);
        bench.Time.Advance(TimeSpan.FromMilliseconds(2));
        var after = Add(bench, "after", RowPriority.High);

        Assert.Equal(["before", "low", "after"], await OrderAsync(bench, blocker, low, before, after));
    }

    private static TestRow Add(BatcherBench bench, string name, RowPriority priority)
    {
        var row = new TestRow(name: name) { Priority = priority };
        bench.Batcher.Enqueue([row]);
        return row;
    }

    private static async Task<IEnumerable<string>> OrderAsync(BatcherBench bench, TestRow blocker, params TestRow[] rows)
    {
        bench.Runner.Open();
        foreach (var row in rows.Prepend(blocker))
            await Patience.Wait(row.Completion);
        return bench.Runner.Batches.SelectMany(batch => batch).Skip(1).Select(row => row.ToString());
    }
}
