using SeqServe.Api.Facades.OpenInference;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Api.Facades.OpenInference;

public sealed class BodyBudgetTests
{
    [Theory]
    [InlineData(64L << 20, 64L << 30, 512L << 20)]
    [InlineData(64L << 20, 512L << 20, 256L << 20)]
    [InlineData(1024, 64L << 30, 64L << 20)]
    public void LimitOf_ABodyAndTheMemory_IsEightBodiesOrHalfTheMemory(long body, long memory, long limit) =>
        Assert.Equal(limit, BodyBudget.LimitOf(body, memory));

    [Fact]
    public void Add_AboveTheLimitOfAll_IsRefusedUntilAnotherEnds()
    {
        var budget = new BodyBudget(100);
        using var first = budget.Begin();
        using var second = budget.Begin();
        first.Add(60);
        second.Add(40);

        var refusal = Assert.Throws<ServingException>(() => second.Add(1));
        first.Dispose();
        second.Add(60);

        Assert.Equal((ServingErrorCode.Overloaded, true), (refusal.Code, refusal.RetryAfter is not null));
        Assert.Equal((100, 100L), (second.Held, budget.Reserved));
    }

    [Fact]
    public void Add_AboveTheLimitAlone_IsRefusedForGood()
    {
        var budget = new BodyBudget(100);
        using var request = budget.Begin();
        request.Add(60);

        var refusal = Assert.Throws<ServingException>(() => request.Add(41));

        Assert.Equal((ServingErrorCode.PayloadTooLarge, (TimeSpan?)null), (refusal.Code, refusal.RetryAfter));
        Assert.Contains("more than the 100 bytes", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(60, budget.Reserved);
    }

    [Fact]
    public void Dispose_Twice_ReleasesOnce()
    {
        var budget = new BodyBudget(100);
        var request = budget.Begin();
        request.Add(60);

        request.Dispose();
        request.Dispose();

        Assert.Equal(0, budget.Reserved);
    }
}
