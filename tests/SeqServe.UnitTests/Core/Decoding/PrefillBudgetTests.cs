using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

public class PrefillBudgetTests
{
    private const int MaxTokens = 4096;

    private readonly PrefillBudget _budget = new(MaxTokens);

    [Fact]
    public void Columns_NobodyWaits_AreAllThereAre()
    {
        _budget.Prefilled(1, 10, Milliseconds(1));

        Assert.Equal(MaxTokens / 2, _budget.Columns(0, 2));
    }

    [Fact]
    public void Columns_StreamsInFlight_TakeHalfAStep()
    {
        _budget.Prefilled(1, 100, Milliseconds(10));
        _budget.Stepped(17, Milliseconds(2));

        Assert.Equal(10, _budget.Columns(16, 1));
    }

    [Fact]
    public void Columns_WidePrefillsBefore_DoNotLowerTheTimeOfANarrowOne()
    {
        _budget.Prefilled(1, 100, Milliseconds(10));
        for (var i = 0; i < 50; i++)
            _budget.Prefilled(16, 10, Milliseconds(1.6));
        _budget.Stepped(17, Milliseconds(2));

        Assert.Equal(10, _budget.Columns(16, 1));
    }

    [Fact]
    public void Columns_OneStreamAndManyInputs_AreMeasuredByTheStepOfAll()
    {
        _budget.Prefilled(15, 10, Milliseconds(1));
        _budget.Stepped(1, Milliseconds(0.5));
        _budget.Stepped(16, Milliseconds(1));

        Assert.Equal(5, _budget.Columns(1, 15));
    }

    [Fact]
    public void Columns_StepShorterThanAColumn_AreOne()
    {
        _budget.Prefilled(1, 1, Milliseconds(10));
        _budget.Stepped(16, Milliseconds(1));

        Assert.Equal(1, _budget.Columns(16, 1));
    }

    [Fact]
    public void Tokens_RowsInFlight_TakeAStep()
    {
        _budget.Prefilled(4, 25, Milliseconds(10));
        _budget.Stepped(16, Milliseconds(3.05));

        Assert.Equal(30, _budget.Tokens(16));
    }

    [Fact]
    public void Columns_MoreInputsThanTokens_AreOne() => Assert.Equal(1, _budget.Columns(0, MaxTokens + 1));

    [Theory]
    [InlineData(0)]
    [InlineData(16)]
    public void Tokens_NothingMeasuredYet_AreAllThereAre(int activeRows)
    {
        Assert.Equal(MaxTokens, _budget.Tokens(activeRows));
        Assert.Equal(MaxTokens / 2, _budget.Columns(activeRows, 2));
    }

    [Fact]
    public void Tokens_NobodyWaits_AreAllThereAre()
    {
        _budget.Prefilled(4, 25, Milliseconds(10));
        _budget.Stepped(16, Milliseconds(3));

        Assert.Equal(MaxTokens, _budget.Tokens(0));
    }

    [Theory]
    [InlineData(MaxTokens, 16)]
    [InlineData(8, 8)]
    public void Tokens_StepOfAFewTokensOnly_AreWorthARunAllTheSame(int maxTokens, int expected)
    {
        var budget = new PrefillBudget(maxTokens);
        budget.Prefilled(1, 1, Milliseconds(10));
        budget.Stepped(16, Milliseconds(1));

        Assert.Equal(expected, budget.Tokens(16));
    }

    [Fact]
    public void Tokens_LongStep_AreNoMoreThanTheLimit()
    {
        _budget.Prefilled(1, 100, Milliseconds(1));
        _budget.Stepped(16, Milliseconds(10_000));

        Assert.Equal((MaxTokens, MaxTokens), (_budget.Tokens(16), _budget.Columns(16, 1)));
    }

    private static TimeSpan Milliseconds(double value) => TimeSpan.FromMilliseconds(value);
}
