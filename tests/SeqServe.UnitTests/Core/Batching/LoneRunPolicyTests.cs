using SeqServe.Core.Batching;

namespace SeqServe.UnitTests.Core.Batching;

public sealed class LoneRunPolicyTests
{
    private readonly ServiceRate _rate = new();
    private readonly LoneRunPolicy _policy;

    public LoneRunPolicyTests() => _policy = new LoneRunPolicy(_rate);

    [Theory]
    [InlineData(1, false, 0, true)]
    [InlineData(0, false, 0, false)]
    [InlineData(2, false, 0, false)]
    [InlineData(1, true, 0, false)]
    [InlineData(1, false, 1, false)]
    public void RunsInline_RunOfAMillisecond_OnlyForALoneRequestWithoutDeadlineOfAnIdleModel(int requests, bool hasDeadline, int running, bool expected)
    {
        Learn(milliseconds: 1);

        Assert.Equal(expected, _policy.RunsInline(new RunHint(requests, hasDeadline), tokens: 1, running, concurrentRuns: 2));
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(10.1, false)]
    public void RunsInline_LoneRequest_NoLongerThanACallerMayBeKept(double milliseconds, bool expected)
    {
        Learn(milliseconds);

        Assert.Equal(expected, _policy.RunsInline(new RunHint(1), tokens: 1, running: 0, concurrentRuns: 1));
    }

    [Theory]
    [InlineData(0.1, 1, true)]
    [InlineData(0.11, 1, false)]
    [InlineData(0.1, 2, false)]
    public void RunsInline_BesideOthers_OnlyWhereTheHandOffCostsMoreAndARunIsFree(double milliseconds, int running, bool expected)
    {
        Learn(milliseconds);
        var hint = new RunHint(3, HasDeadline: true) { MayRunInlineBesideOthers = true };

        Assert.Equal(expected, _policy.RunsInline(hint, tokens: 1, running, concurrentRuns: 2));
    }

    [Fact]
    public void RunsInline_BeforeTheFirstRun_IsNot() =>
        Assert.False(_policy.RunsInline(new RunHint(1) { MayRunInlineBesideOthers = true }, tokens: 1, running: 0, concurrentRuns: 1));

    [Theory]
    [InlineData(16, 0, true)]
    [InlineData(17, 0, false)]
    [InlineData(16, 1, false)]
    [InlineData(null, 0, false)]
    public void UsesLatencySession_LoneRows_FromTheirPaddedTokensOnWhenNothingWaits(int? fromTokens, int waiting, bool expected)
    {
        _policy.LatencyFromTokens = fromTokens;

        Assert.Equal(expected, _policy.UsesLatencySession([new TestRow(8) { IsLone = true }, new TestRow(3) { IsLone = true }], waiting));
        Assert.Equal(fromTokens, _policy.LatencyFromTokens);
    }

    [Fact]
    public void UsesLatencySession_RowOfAnotherRequestAmongThem_DoesNot()
    {
        _policy.LatencyFromTokens = 1;

        Assert.False(_policy.UsesLatencySession([new TestRow { IsLone = true }, new TestRow()], waiting: 0));
    }

    private void Learn(double milliseconds) => _rate.Add(1, TimeSpan.FromMilliseconds(milliseconds));
}
