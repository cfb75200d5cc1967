using SeqServe.Core.Batching;

namespace SeqServe.UnitTests.Core.Batching;

public class BatchAssemblerTests
{
    private static readonly BatchLimits s_wide = new() { MaxBatchSize = 32, MaxBatchTokens = 4096, MaxPadding = 1 };

    [Fact]
    public void Assemble_Full_StopsAtMaxBatchSize() =>
        Assert.Equal([0, 1, 2], Pick(s_wide with { MaxBatchSize = 3 }, 5, 5, 5, 5, 5));

    [Fact]
    public void Assemble_Budget_CountsPaddedTokens() =>
        // Three rows of 4 and one of 5 are 20 padded tokens; useful would be 17.
        Assert.Equal([0, 1, 2], Pick(s_wide with { MaxBatchTokens = 19 }, 4, 4, 4, 5));

    [Fact]
    public void Assemble_BudgetExactlyMet_TakesTheRow() =>
        Assert.Equal([0, 1, 2, 3], Pick(s_wide with { MaxBatchTokens = 20 }, 4, 4, 4, 5));

    [Fact]
    public void Assemble_RowBeyondTheBudget_IsPassedOverForAShorterOne() =>
        Assert.Equal([0, 2], Pick(s_wide with { MaxBatchTokens = 20 }, 8, 11, 4));

    [Fact]
    public void Assemble_OtherKind_WaitsForABatchOfItsOwn() =>
        Assert.Equal([0, 2], Pick(s_wide, new WaitingRow(5, false, 1), new(5, false, 2), new(5, false, 1)));

    [Fact]
    public void Assemble_Cancelled_IsPassedOver() =>
        Assert.Equal([1, 3], Pick(s_wide, new WaitingRow(5, true), new(5, false), new(5, true), new(5, false)));

    // A row whose deadline has passed is cancelled; the assembler knows of no other way to expire.
    [Fact]
    public void Assemble_ExpiredOldest_HandsItsPlaceToTheNext() =>
        Assert.Equal(1, Pick(s_wide with { MaxBatchSize = 1 }, new WaitingRow(5, true), new(200, false), new(5, false))[0]);

    [Fact]
    public void Assemble_AllCancelled_PicksNothingAndDoesNotWait()
    {
        var (picked, wait) = Assemble(s_wide with { MaxQueueDelay = TimeSpan.FromSeconds(1) }, TimeSpan.Zero, new WaitingRow(5, true));

        Assert.Empty(picked);
        Assert.Equal(TimeSpan.Zero, wait);
    }

    [Fact]
    public void Assemble_OldestFirst_AlsoWhenOthersFitEachOtherBetter() =>
        Assert.Equal([0], Pick(s_wide with { MaxPadding = 0.2 }, 200, 5, 5, 5, 5));

    [Fact]
    public void Assemble_NearLength_JoinsBeforeEarlierButFartherRows() =>
        Assert.Equal([0, 3, 2], Pick(s_wide with { MaxBatchSize = 3 }, 50, 200, 40, 52, 10));

    [Fact]
    public void Assemble_EqualDistance_KeepsOrderOfArrival() =>
        Assert.Equal([0, 1, 2, 3], Pick(s_wide, 50, 52, 48, 52));

    [Fact]
    public void Assemble_Padding_StaysUnderItsShare() =>
        // 10 and 6: 4 of 20 computed tokens are padding, the most that 0.2 allows; 10, 6 and 5 would have 9 of 30.
        Assert.Equal([0, 1], Pick(s_wide with { MaxPadding = 0.2 }, 10, 6, 5));

    [Fact]
    public void Assemble_OversizedRow_IsTakenAlone() =>
        Assert.Equal([0], Pick(s_wide with { MaxBatchTokens = 100 }, 250, 1, 1));

    [Fact]
    public void Assemble_BeyondTheLookAhead_IsNotConsidered()
    {
        var lengths = Enumerable.Repeat(300, BatchAssembler.LookAhead + 1).Append(5).ToArray();
        lengths[0] = 5;
        var limits = s_wide with { MaxPadding = 0, MaxBatchSize = 4096, MaxBatchTokens = 1 << 20 };

        Assert.Equal([0], Pick(limits, lengths));
        Assert.Equal([0, BatchAssembler.LookAhead], Pick(limits, lengths[1..].Prepend(5).Where((_, i) => i != 1).ToArray()));
    }

    [Fact]
    public void Assemble_NoDelay_NeverWaits() => Assert.Equal(TimeSpan.Zero, Wait(s_wide, TimeSpan.Zero, 5));

    [Fact]
    public void Assemble_Delay_CountsFromTheOldest() =>
        Assert.Equal(TimeSpan.FromMilliseconds(7), Wait(s_wide with { MaxQueueDelay = TimeSpan.FromMilliseconds(10) }, TimeSpan.FromMilliseconds(3), 5, 5));

    [Fact]
    public void Assemble_DelayOver_RunsWhatIsThere() =>
        Assert.Equal(TimeSpan.Zero, Wait(s_wide with { MaxQueueDelay = TimeSpan.FromMilliseconds(10) }, TimeSpan.FromMilliseconds(10), 5));

    [Theory]
    [InlineData(2, 4096, 5, 5)]
    [InlineData(32, 12, 5, 5)]
    [InlineData(1, 4096, 5, 5)]
    public void Assemble_FullBatch_DoesNotWaitForTheDelay(int rows, int tokens, params int[] lengths)
    {
        var limits = s_wide with { MaxBatchSize = rows, MaxBatchTokens = tokens, MaxQueueDelay = TimeSpan.FromMilliseconds(10) };

        Assert.Equal(TimeSpan.Zero, Wait(limits, TimeSpan.Zero, lengths));
    }

    [Theory]
    [InlineData(1, 4096, 5)]
    [InlineData(32, 9, 5)]
    [InlineData(32, 4, 5)]
    public void Assemble_LoneRowThatNoneCouldJoin_DoesNotWaitForTheDelay(int rows, int tokens, int length)
    {
        var limits = s_wide with { MaxBatchSize = rows, MaxBatchTokens = tokens, MaxQueueDelay = TimeSpan.FromMilliseconds(10) };

        Assert.Equal(TimeSpan.Zero, Wait(limits, TimeSpan.Zero, length));
    }

    private static List<int> Pick(BatchLimits limits, params int[] lengths) => Pick(limits, Array.ConvertAll(lengths, l => new WaitingRow(l, false)));

    private static List<int> Pick(BatchLimits limits, params WaitingRow[] rows) => Assemble(limits, TimeSpan.Zero, rows).Picked;

    private static TimeSpan Wait(BatchLimits limits, TimeSpan age, params int[] lengths) =>
        Assemble(limits, age, Array.ConvertAll(lengths, l => new WaitingRow(l, false))).Wait;

    private static (List<int> Picked, TimeSpan Wait) Assemble(BatchLimits limits, TimeSpan age, params WaitingRow[] rows)
    {
        // Whatever was in the list before must not matter.
        var picked = new List<int> { 99 };
        var wait = BatchAssembler.Assemble(rows, limits, age, picked);
        return (picked, wait);
    }
}
