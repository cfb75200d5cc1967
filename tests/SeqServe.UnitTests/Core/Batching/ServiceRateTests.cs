using SeqServe.Core.Batching;

namespace SeqServe.UnitTests.Core.Batching;

public class ServiceRateTests
{
    [Fact]
    public void PredictWait_BeforeTheFirstRun_IsZero() => Assert.Equal(TimeSpan.Zero, new ServiceRate().PredictWait(1000, 2));

    [Fact]
    public void PredictWait_AfterARun_SharesTheTokensAmongTheThreads()
    {
        var rate = new ServiceRate();
        rate.Add(100, TimeSpan.FromSeconds(1));

        Assert.Equal(2, rate.PredictWait(400, 2).TotalSeconds, 6);
    }

    [Fact]
    public void PredictWait_AfterAnOutlier_MovesATenthOfTheWay()
    {
        var rate = new ServiceRate();
        rate.Add(100, TimeSpan.FromSeconds(1));
        rate.Add(100, TimeSpan.FromSeconds(11));

        Assert.Equal(2, rate.PredictWait(100, 1).TotalSeconds, 6);
    }
}
