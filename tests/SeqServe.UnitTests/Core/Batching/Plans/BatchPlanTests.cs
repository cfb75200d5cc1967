using SeqServe.Core.Batching.Plans;

namespace SeqServe.UnitTests.Core.Batching.Plans;

public class BatchPlanTests
{
    [Fact]
    public void From_RowsThatGetCheaper_StopsWhereTheGainEnds() =>
        Assert.Equal(4, BatchPlan.From([Point(1, 1.0), Point(2, 1.4), Point(4, 2.08), Point(8, 4.08), Point(16, 8.0)], maxPadding: 0.1).BatchSize);

    [Fact]
    public void From_RowsThatGetDearer_DoesNotBatch() =>
        Assert.Equal(1, BatchPlan.From([Point(1, 0.34), Point(4, 1.68), Point(8, 3.30)], maxPadding: 0.1).BatchSize);

    [Fact]
    public void From_RowsOfEqualCost_DoesNotBatch() =>
        Assert.Equal(1, BatchPlan.From([Point(1, 2.21), Point(4, 8.72), Point(8, 17.5)], maxPadding: 0.1).BatchSize);

    [Fact]
    public void From_SeveralLengths_GoesByTheShortest() =>
        Assert.Equal(2, BatchPlan.From([new(1, 96, Ms(4)), Point(1, 1), new(2, 96, Ms(8)), Point(2, 1.2)], maxPadding: 0.1).BatchSize);

    // A row of eight costs 17 % more than one of sixteen, and sixteen rows of unequal length bring 2 % more padding.
    [Theory]
    [InlineData(0.1, 8)]
    [InlineData(0, 16)]
    public void From_AGainThatPaddingEats_TakesTheSmallerBatch(double maxPadding, int expected) =>
        Assert.Equal(expected, BatchPlan.From([Point(1, 0.916), Point(8, 2.721), Point(16, 4.66)], maxPadding).BatchSize);

    [Fact]
    public void From_LongRowsThatGainLess_LimitsTokens()
    {
        PlanPoint[] grid = [Point(1, 1), Point(4, 2), Point(8, 3), new(1, 96, Ms(4)), new(2, 96, Ms(7)), new(4, 96, Ms(14))];

        Assert.Equal(192, BatchPlan.From(grid, maxPadding: 0.1).BatchTokens);
    }

    [Theory]
    [InlineData(4, 8)]
    [InlineData(2, 4)]
    public void From_LongRowsThatStillGain_LimitsNone(double at2, double at4)
    {
        PlanPoint[] grid = [Point(1, 1), Point(2, 1.2), Point(4, 2.4), new(1, 96, Ms(4)), new(2, 96, Ms(at2)), new(4, 96, Ms(at4))];

        Assert.Null(BatchPlan.From(grid, maxPadding: 0.1).BatchTokens);
    }

    [Theory]
    [InlineData(4, 0.1, 0.1)]
    [InlineData(6.4, 0.1, 0.05)]
    [InlineData(7.9, 0.1, 0.02)]
    [InlineData(6.4, 0, 0)]
    public void From_GainOfBatching_LetsAQuarterOfItGoToPadding(double atEight, double limit, double expected) =>
        Assert.Equal(expected, BatchPlan.From([Point(1, 1), Point(8, atEight)], limit).MaxPadding, 6);

    [Theory]
    [InlineData(0.6, 2, 24)]
    [InlineData(0.95, 2, 96)]
    [InlineData(0.6, 3.9, null)]
    [InlineData(0.95, 3.9, null)]
    public void From_RunsOnMoreThreads_GoThereFromWhereAllLongerOnesGain(double shortRun, double longRun, int? expected)
    {
        PlanPoint[] grid = [Point(1, 1), new(1, 24, Ms(shortRun), 2), new(1, 96, Ms(4)), new(1, 96, Ms(longRun), 2)];

        Assert.Equal(expected, BatchPlan.From(grid, maxPadding: 0.1).LatencyFromTokens);
    }

    // Sixteen rows against sixteen, not against the one that is there too.
    [Fact]
    public void From_BatchesOnMoreThreads_AreComparedWithTheSameOnFew()
    {
        PlanPoint[] grid = [Point(1, 1), Point(16, 8), new(16, 24, Ms(4), 2)];

        Assert.Equal(384, BatchPlan.From(grid, maxPadding: 0.1).LatencyFromTokens);
    }

    [Fact]
    public void IsSound_SmallestThatCanBeMeasured_Is() => Assert.True(new BatchPlan(1, 1, 0, 1, [new(1, 1, TimeSpan.FromTicks(1), 1)]).IsSound);

    [Fact]
    public void IsSound_LargestThatIsBelieved_Is()
    {
        var points = Enumerable.Repeat(new PlanPoint(4096, 1 << 16, TimeSpan.FromHours(1), 1024), 1000);

        Assert.True(new BatchPlan(4096, 1 << 22, 0.99, 1 << 22, [.. points]).IsSound);
    }

    [Theory]
    [InlineData(0, 1, 0, 1)]
    [InlineData(4097, 1, 0, 1)]
    [InlineData(1, 0, 0, 1)]
    [InlineData(1, (1 << 22) + 1, 0, 1)]
    [InlineData(1, 1, -0.01, 1)]
    [InlineData(1, 1, 1, 1)]
    [InlineData(1, 1, double.NaN, 1)]
    [InlineData(1, 1, 0, 0)]
    [InlineData(1, 1, 0, (1 << 22) + 1)]
    public void IsSound_NumberThatCannotHaveBeenMeasured_IsNot(int rows, int tokens, double padding, int latencyFrom) =>
        Assert.False(new BatchPlan(rows, tokens, padding, latencyFrom, [Point(1, 1)]).IsSound);

    [Theory]
    [InlineData(0, 24, 1, 1)]
    [InlineData(4097, 24, 1, 1)]
    [InlineData(1, 0, 1, 1)]
    [InlineData(1, (1 << 16) + 1, 1, 1)]
    [InlineData(1, 24, 0, 1)]
    [InlineData(1, 24, 3_600_001, 1)]
    [InlineData(1, 24, 1, 0)]
    [InlineData(1, 24, 1, 1025)]
    public void IsSound_OnePointOfSeveralCannotHaveBeenMeasured_IsNot(int rows, int length, double milliseconds, int threads)
    {
        // The others are there on each number of threads, so that the grid would be whole.
        PlanPoint[] grid = [Point(1, 1), Point(2, 1), new(rows, length, Ms(milliseconds), 1), new(rows, length, Ms(milliseconds), threads)];

        Assert.False(new BatchPlan(1, 1, 0, 1, grid).IsSound);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1001)]
    public void IsSound_NoPointOrTooMany_IsNot(int points) =>
        Assert.False(new BatchPlan(1, 1, 0, 1, [.. Enumerable.Repeat(Point(1, 1), points)]).IsSound);

    [Fact]
    public void IsSound_LoneRunsOnMoreThreads_Is() =>
        Assert.True(new BatchPlan(8, 512, 0.1, 24, [Point(1, 1), new(1, 24, Ms(0.6), 2), Point(8, 3)]).IsSound);

    private static PlanPoint Point(int rows, double milliseconds) => new(rows, 24, Ms(milliseconds));

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
