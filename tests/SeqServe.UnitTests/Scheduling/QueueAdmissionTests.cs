using SeqServe.Core.Errors;
using SeqServe.Core.Scheduling;

namespace SeqServe.UnitTests.Scheduling;

public class QueueAdmissionTests
{
    private static readonly BatchLimits s_limits = new() { QueueCapacity = 10, QueueCapacityTokens = 100, MaxQueueWait = TimeSpan.FromSeconds(4) };

    [Theory]
    [InlineData(9, 90, 1, 10, null)]
    [InlineData(0, 0, 10, 100, 1)]
    [InlineData(1, 20, 1, 1, 1000)]
    public void Refusal_WithinEveryLimit_LetsIn(int depth, long queued, int rows, long tokens, int? leftMilliseconds) =>
        Assert.Null(Admission(secondsPerToken: 0.01).Refusal(depth, queued, rows, tokens, Left(leftMilliseconds)));

    [Theory]
    [InlineData(10, 10, 1, 1, null)]
    [InlineData(5, 95, 1, 6, null)]
    public void Refusal_QueueFull_IsOverloaded(int depth, long queued, int rows, long tokens, int? leftMilliseconds) =>
        AssertRefused(ServingErrorCode.Overloaded, 0.01, depth, queued, rows, tokens, leftMilliseconds);

    [Theory]
    [InlineData(0, 0, 11, 11)]
    [InlineData(0, 0, 1, 101)]
    public void Refusal_MoreThanTheQueueEverHolds_IsTheCallersMistake(int depth, long queued, int rows, long tokens) =>
        Assert.Null(AssertRefused(ServingErrorCode.InvalidRequest, 0.01, depth, queued, rows, tokens, null).RetryAfter);

    [Fact]
    public void Refusal_PredictedWaitBeyondTheLimit_IsOverloadedWithThatWait()
    {
        var refusal = AssertRefused(ServingErrorCode.Overloaded, 0.1, 2, 50, 1, 1, null);

        Assert.Equal(5, refusal.RetryAfter!.Value.TotalSeconds, 3);
    }

    [Fact]
    public void Refusal_DeadlineBeforeThePredictedWait_IsRefusedAtOnce()
    {
        var refusal = AssertRefused(ServingErrorCode.Overloaded, 0.1, 2, 20, 1, 1, 1900);

        Assert.Equal(2, refusal.RetryAfter!.Value.TotalSeconds, 3);
        Assert.Contains("deadline", refusal.Message, StringComparison.Ordinal);
        Assert.Null(Admission(0.1).Refusal(2, 20, 1, 1, Left(2000)));
    }

    private static ServingException AssertRefused(ServingErrorCode code, double secondsPerToken, int depth, long queued, int rows, long tokens, int? left)
    {
        var refusal = Admission(secondsPerToken).Refusal(depth, queued, rows, tokens, Left(left));
        Assert.Equal(code, refusal?.Code);
        return refusal!;
    }

    private static QueueAdmission Admission(double secondsPerToken)
    {
        var rate = new ServiceRate();
        rate.Add(100, TimeSpan.FromSeconds(100 * secondsPerToken));
        return new QueueAdmission(s_limits, rate, runs: 1);
    }

    private static TimeSpan? Left(int? milliseconds) => milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : null;
}
