using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

public class CounterRandomTests
{
    [Fact]
    public void NextDouble_SameSeedAndStream_GivesTheSameNumbers() => Assert.Equal(Numbers(7, 2, 100), Numbers(7, 2, 100));

    [Fact]
    public void NextDouble_OtherSeedOrStream_GivesOtherNumbers()
    {
        var numbers = from seed in new long[] { long.MinValue, -1, 0, 1, 2, long.MaxValue } from stream in new[] { 0, 1, 2 } select Numbers(seed, stream, 4);

        var all = numbers.SelectMany(n => n).ToList();

        Assert.Equal(all.Count, all.Distinct().Count());
    }

    [Fact]
    public void NextDouble_Always_IsUniformOverTheUnitInterval()
    {
        var cells = new double[100];
        foreach (var number in Numbers(1, 0, 20_000))
            cells[(int)(number * cells.Length)]++;

        Assert.InRange(ChiSquare.Statistic(cells, [.. cells.Select(_ => 0.01)]), 0, ChiSquare.Critical(99));
    }

    [Fact]
    public void NextDouble_NeighbouringSeeds_AreIndependent()
    {
        // Pairs of the first numbers of neighbouring seeds fill the unit square evenly.
        var cells = new double[100];
        for (var seed = 0; seed < 20_000; seed++)
            cells[((int)(Numbers(seed, 0, 1)[0] * 10) * 10) + (int)(Numbers(seed + 1, 0, 1)[0] * 10)]++;

        Assert.InRange(ChiSquare.Statistic(cells, [.. cells.Select(_ => 0.01)]), 0, ChiSquare.Critical(99));
    }

    private static double[] Numbers(long seed, int stream, int count)
    {
        var random = new CounterRandom(seed, stream);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextDouble())];
    }
}
