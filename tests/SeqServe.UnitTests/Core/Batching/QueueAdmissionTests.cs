using SeqServe.Core.Batching;
using SeqServe.Core.Errors;

namespace SeqServe.UnitTests.Core.Batching;

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
        Assert.Contains("deadline", refusal.Detail, StringComparison.Ordinal);
        Assert.Null(Admission(0.1).Refusal(2, 20, 1, 1, Left(2000)));
    }

    [Theory]
    // 64 batches of 2 rows, 0.1 s and 2 s are the bounds; a row has 10 tokens.
    [InlineData(129, 0.00008, false)]
    [InlineData(129, 0.000077, true)]
    [InlineData(128, 0.001, true)]
    [InlineData(20, 0.011, false)]
    public void Refusal_WithoutALimitOfTheWait_FollowsFromWhatFullBatchesTake(int depth, double secondsPerToken, bool lets)
    {
        var admission = Admission(secondsPerToken, new BatchLimits { PreferredBatchSize = 2 });

        var refusal = admission.Refusal(depth, 10 * depth, 1, 1, left: null);

        Assert.Equal(lets, refusal is null);
        Assert.Null(admission.Refusal(0, 0, 1, 1, left: null));
    }

    [Fact]
    public void Refusal_BatchSizeMeasuredLater_FollowsIt()
    {
        var admission = Admission(0.001, new BatchLimits());
        Assert.Null(admission.Refusal(129, 1290, 1, 1, left: null));

        admission.BatchSize = 2;

        Assert.Equal(ServingErrorCode.Overloaded, admission.Refusal(129, 1290, 1, 1, left: null)?.Code);
    }

    [Fact]
    public void Refusal_OfOneReason_SaysTheSameEachTime()
    {
        var admission = Admission(0.01);

        Assert.Same(admission.Refusal(10, 10, 1, 1, null)!.Value.Detail, admission.Refusal(9, 30, 2, 2, null)!.Value.Detail);
    }

    private static QueueRefusal AssertRefused(ServingErrorCode code, double secondsPerToken, int depth, long queued, int rows, long tokens, int? left)
    {
        var refusal = Admission(secondsPerToken).Refusal(depth, queued, rows, tokens, Left(left));
        Assert.Equal(code, refusal?.Code);
        return refusal!.Value;
    }

    private static QueueAdmission Admission(double secondsPerToken, BatchLimits? limits = null)
    {
        var rate = new ServiceRate();
        rate.Add(100, TimeSpan.FromSeconds(100 * secondsPerToken));
        return new QueueAdmission(limits ?? s_limits, rate, runs: 1);
    }

    private static TimeSpan? Left(int? milliseconds) => milliseconds is { } ms ? TimeSpan.FromMilliseconds(ms) : null;
}
