using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

public class NextTokenDistributionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(0.5)]
    [InlineData(3)]
    public void Distribution_RandomLogits_IsThatOfDoublePrecision(double temperature)
    {
        var random = new Random(1);
        float[] logits = [.. Enumerable.Range(0, 6000).Select(_ => (float)(random.NextDouble() * 20))];
        var max = logits.Max();
        var weights = logits.Select(l => Math.Exp((l - max) / temperature)).ToList();
        var mass = weights.Sum();

        var distribution = new NextTokenDistribution(logits, temperature);

        Assert.Equal(-weights.Sum(w => w / mass * Math.Log(w / mass)), distribution.Entropy, 1e-4);
        foreach (var best in distribution.Best(50))
        {
            Assert.Equal(weights[best.Id] / mass, best.Probability, 1e-6);
            Assert.Equal(Math.Log(weights[best.Id] / mass), best.LogProbability, 1e-4);
        }
    }

    [Fact]
    public void Best_EqualLogits_HaveTheLowerIdFirst() => Assert.Equal([1, 3, 0], new NextTokenDistribution([0, 1, 0, 1]).Best(3).Select(c => c.Id));

    [Fact]
    public void Entropy_OneCertainToken_IsZero()
    {
        var distribution = new NextTokenDistribution([float.NegativeInfinity, 3, float.NegativeInfinity]);

        Assert.Equal(0, distribution.Entropy);
        Assert.Equal(new TokenCandidate(1, 1, 0), distribution.Best(1)[0]);
        Assert.Equal(double.NegativeInfinity, distribution.LogProbability(0));
    }

    [Fact]
    public void Entropy_EqualTokens_IsTheLogarithmOfTheirNumber() => Assert.Equal(Math.Log(512), new NextTokenDistribution(new float[512]).Entropy, 1e-5);

    [Fact]
    public void LogProbability_FarBelowTheBest_IsExactWhereTheProbabilityIsZero() =>
        Assert.Equal(-1000, new NextTokenDistribution([1000, 0]).LogProbability(1), 1e-6);

    [Fact]
    public void Distribution_OfNotANumber_IsRefused() => Assert.Throws<ArithmeticException>(() => new NextTokenDistribution([0, float.NaN]).Entropy);
}
