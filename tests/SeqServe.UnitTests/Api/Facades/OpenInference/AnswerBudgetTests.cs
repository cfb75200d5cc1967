using SeqServe.Api.Facades.OpenInference;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Api.Facades.OpenInference;

public sealed class AnswerBudgetTests
{
    private const long Large = 1 << 20;

    [Theory]
    [InlineData(64L << 20, 64L << 30, 512L << 20)]
    [InlineData(64L << 20, 1L << 30, 256L << 20)]
    [InlineData(1024, 64L << 30, 64L << 20)]
    public void LimitOf_ABodyAndTheMemory_IsEightBodiesOrAQuarterOfTheMemory(long body, long memory, long limit) =>
        Assert.Equal(limit, AnswerBudget.LimitOf(body, memory));

    [Fact]
    public void Begin_AboveTheLimitOfAll_IsRefusedUntilAnotherWasRead()
    {
        var budget = new AnswerBudget(2 * Large);
        using var first = budget.Begin(Large);
        using var second = budget.Begin(Large);

        var refusal = Assert.Throws<ServingException>(() => budget.Begin(Large));

        Assert.Equal((ServingErrorCode.Overloaded, true), (refusal.Code, refusal.RetryAfter is not null));
        Assert.Equal(2 * Large, budget.Waiting);
        first!.Dispose();
        first.Dispose();
        using (budget.Begin(Large))
            Assert.Equal(2 * Large, budget.Waiting);
    }

    [Fact]
    public void Begin_SmallAnswers_AreNeverRefusedForOthers()
    {
        var budget = new AnswerBudget(Large);
        using var others = budget.Begin(Large);

        Assert.Null(budget.Begin(AnswerBudget.Small));
        Assert.Throws<ServingException>(() => budget.Begin(AnswerBudget.Small + 1));
    }

    [Fact]
    public void Begin_AloneAboveTheLimit_IsTaken()
    {
        var budget = new AnswerBudget(Large);
        using (budget.Begin(3 * Large))
            Assert.Throws<ServingException>(() => budget.Begin(Large));

        Assert.Equal(0, budget.Waiting);
    }
}
