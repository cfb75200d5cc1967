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

    private static PlanPoint Point(int rows, double milliseconds) => new(rows, 24, Ms(milliseconds));

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
