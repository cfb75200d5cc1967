using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

public class SamplerTests
{
    private const int Draws = 10_000;

    public static TheoryData<string> Methods => [.. s_methods.Keys];

    private static readonly Dictionary<string, SamplingOptions> s_methods = new()
    {
        ["plain"] = new(),
        ["cold"] = new() { Temperature = 0.5 },
        ["hot"] = new() { Temperature = 2 },
        ["top-k"] = new() { TopK = 20 },
        ["top-k of one"] = new() { TopK = 1 },
        ["top-k beyond the vocabulary"] = new() { TopK = 100_000 },
        ["nucleus"] = new() { TopP = 0.8 },
        ["wide nucleus"] = new() { Temperature = 3, TopP = 0.95 },
        ["nucleus within top-k"] = new() { TopK = 30, TopP = 0.7, Temperature = 1.3 },
        ["bias"] = new() { LogitBias = new Dictionary<int, float> { [3] = 2, [700] = -100 } },
    };

    [Theory]
    [MemberData(nameof(Methods))]
    public void Next_ManyDraws_FollowTheDistribution(string method)
    {
        var options = s_methods[method];
        var logits = Logits(1000);
        var expected = Expected(logits, options);

        var counts = new double[logits.Length];
        var sampler = new Sampler(options, new CounterRandom(11));
        for (var i = 0; i < Draws; i++)
            counts[sampler.Next(logits)]++;

        Assert.All(counts.Index(), c => Assert.True(c.Item == 0 || expected[c.Index] > 0, $"Token {c.Index} is not in the distribution."));
        var (observed, shares) = Cells(counts, expected);
        Assert.InRange(ChiSquare.Statistic(observed, shares), 0, Math.Max(1e-9, ChiSquare.Critical(Math.Max(1, shares.Length - 1))));
    }

    [Fact]
    public void Next_TemperatureZero_IsTheMostProbableAndOfEqualOnesTheFirst()
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = 0 }, new CounterRandom(1));

        Assert.Equal(2, sampler.Next([0, 1, 5, 5, -1]));
    }

    [Fact]
    public void Next_TinyTemperature_IsTheMostProbable()
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = 1e-40 }, new CounterRandom(1));

        Assert.Equal(1, sampler.Next([1, 2, 1.999f, float.NegativeInfinity]));
    }

    [Fact]
    public void Next_HugeLogits_DoNotOverflow()
    {
        var sampler = new Sampler(new SamplingOptions(), new CounterRandom(1));

        Assert.All(Enumerable.Range(0, 100), _ => Assert.InRange(sampler.Next([1e30f, -1e30f, 1e30f]), 0, 2));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Next_NotANumber_IsRefused(double temperature)
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = temperature }, new CounterRandom(1));

        Assert.Throws<ArithmeticException>(() => sampler.Next([1, float.NaN]));
    }

    [Theory]
    [InlineData(0, 1, 1)]
    [InlineData(1, -100, 0)]
    [InlineData(1, 1, 1)]
    [InlineData(2, 1.5f, 1)]
    [InlineData(2, 2.5f, 2)]
    public void Next_Temperature0WithABias_TakesTheMostProbableBehindIt(int token, float bias, int expected)
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = 0, LogitBias = new Dictionary<int, float> { [token] = bias } }, new CounterRandom(1));

        Assert.Equal(expected, sampler.Next([1, 3, 1]));
    }

    [Theory]
    [InlineData(0.75, 0, new[] { 0, 1, 2, 0, 1, 2 })]
    [InlineData(0, 3, new[] { 0, 1, 2, 0, 0, 0 })]
    [InlineData(0, 0, new[] { 0, 0, 0, 0, 0, 0 })]
    [InlineData(0, -1, new[] { 0, 0, 0, 0, 0, 0 })]
    public void Next_Penalties_TakeLogitsOffChosenTokens(double frequency, double presence, int[] expected)
    {
        var sampler = new Sampler(new SamplingOptions { Temperature = 0, FrequencyPenalty = frequency, PresencePenalty = presence }, new CounterRandom(1));

        Assert.Equal(expected, expected.Select(_ => sampler.Next([2, 1.5f, 1.375f])));
    }

    [Fact]
    public void Next_SameSeed_DrawsTheSameWhateverTheLogitsBuffer()
    {
        var logits = Logits(500);

        int[] Tokens()
        {
            var sampler = new Sampler(new SamplingOptions { TopP = 0.9 }, new CounterRandom(5));
            return [.. Enumerable.Range(0, 50).Select(_ => sampler.Next([.. logits]))];
        }

        Assert.Equal(Tokens(), Tokens());
    }

    [Fact]
    public void Next_Always_LeavesTheLogits()
    {
        var logits = Logits(100);

        new Sampler(new SamplingOptions { Temperature = 0.3, TopP = 0.5, PresencePenalty = 1 }, new CounterRandom(5)).Next(logits);

        Assert.Equal(Logits(100), logits);
    }

    private static float[] Logits(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(i => (float)((random.NextDouble() * 4) - (i / 250.0)))];
    }

    private static double[] Expected(float[] logits, SamplingOptions options)
    {
        var biased = logits.Select((l, i) => l + (double)(options.LogitBias?.GetValueOrDefault(i) ?? 0)).ToArray();
        var order = Enumerable.Range(0, logits.Length).OrderByDescending(i => biased[i]).ThenBy(i => i).Take(options.TopK ?? int.MaxValue).ToList();
        var mass = order.ToDictionary(i => i, i => Math.Exp((biased[i] - biased[order[0]]) / (options.Temperature ?? 1)));
        var sum = mass.Values.Sum();
        var kept = new List<int>();
        var reached = 0.0;
        foreach (var i in order)
        {
            if (reached >= (options.TopP ?? 1) * sum)
                break;
            reached += mass[i];
            kept.Add(i);
        }

        var expected = new double[logits.Length];
        foreach (var i in kept)
            expected[i] = mass[i] / reached;
        return expected;
    }

    /// <summary>Tokens of few expected draws share a cell: the test needs some in each.</summary>
    private static (double[] Counts, double[] Shares) Cells(double[] counts, double[] expected)
    {
        var (observed, shares) = (new List<double> { 0 }, new List<double> { 0 });
        foreach (var i in Enumerable.Range(0, expected.Length).Where(i => expected[i] > 0))
        {
            observed[^1] += counts[i];
            shares[^1] += expected[i];
            if (shares[^1] * Draws < 20)
                continue;
            observed.Add(0);
            shares.Add(0);
        }

        if (shares.Count > 1)
        {
            observed[^2] += observed[^1];
            shares[^2] += shares[^1];
            observed.RemoveAt(observed.Count - 1);
            shares.RemoveAt(shares.Count - 1);
        }

        return ([.. observed], [.. shares]);
    }
}
