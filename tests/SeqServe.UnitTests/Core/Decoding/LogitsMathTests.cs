using FsCheck;
using FsCheck.Xunit;
using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

public class LogitsMathTests
{
    [Theory]
    [InlineData(1000, 999, 0.7310586f, 0.2689414f)]
    [InlineData(-1000, 0, 0, 1)]
    [InlineData(-1000, -1000, 0.5f, 0.5f)]
    [InlineData(float.NegativeInfinity, 0, 0, 1)]
    public void SoftMax_LargeLogits_DoesNotOverflow(float first, float second, float expectedFirst, float expectedSecond)
    {
        float[] logits = [first, second];

        LogitsMath.SoftMax(logits);

        Assert.Equal(expectedFirst, logits[0], 1e-6f);
        Assert.Equal(expectedSecond, logits[1], 1e-6f);
    }

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(0, float.NaN)]
    [InlineData(float.PositiveInfinity, 0)]
    [InlineData(float.NegativeInfinity, float.NegativeInfinity)]
    public void SoftMax_NoUsableLogit_IsRefused(float first, float second) =>
        Assert.Throws<ArithmeticException>(() => LogitsMath.SoftMax([first, second]));

    [Fact]
    public void LogSoftMax_OfLargeLogits_IsTheLogarithmOfEachProbability()
    {
        float[] logits = [1000, 999, -1000, float.NegativeInfinity];
        var logProbabilities = new float[logits.Length];

        LogitsMath.LogSoftMax(logits, logProbabilities);

        Assert.Equal(LogitsMath.LogProbability(logits, 0), logProbabilities[0], 1e-6);
        Assert.Equal(LogitsMath.LogProbability(logits, 1), logProbabilities[1], 1e-6);
        Assert.Equal(-2000.3133f, logProbabilities[2], 1e-3f);
        Assert.Equal(float.NegativeInfinity, logProbabilities[3]);
    }

    [Theory]
    [InlineData(float.NaN, 0)]
    [InlineData(float.PositiveInfinity, 0)]
    [InlineData(float.NegativeInfinity, float.NegativeInfinity)]
    public void LogSoftMax_NoUsableLogit_IsRefused(float first, float second) =>
        Assert.Throws<ArithmeticException>(() => LogitsMath.LogSoftMax([first, second], new float[2]));

    [Fact]
    public void LogProbability_OfAClassThatRoundsToZero_StaysExact() =>
        Assert.Equal(-1000, LogitsMath.LogProbability([0, -1000], 1), 1e-9);

    [Fact]
    public void LogProbability_OfLargeLogits_DoesNotOverflow() =>
        Assert.Equal(Math.Log(0.7310585786300049), LogitsMath.LogProbability([1000, 999], 0), 1e-9);

    [Property]
    public void SoftMax_AnyLogits_SumsToOneAndKeepsTheOrder(NonEmptyArray<int> numbers)
    {
        var logits = Array.ConvertAll(numbers.Get, n => n / 7f);
        var probabilities = logits.ToArray();

        LogitsMath.SoftMax(probabilities);

        Assert.Equal(1, probabilities.Sum(), 1e-4f);
        Assert.Equal(logits.Max(), logits[probabilities.IndexOf(probabilities.Max())]);
        for (var i = 0; i < logits.Length; i++)
            Assert.Equal(Math.Exp(LogitsMath.LogProbability(logits, i)), probabilities[i], 1e-5);
    }

    [Property]
    public void LogSumExp_AnyLogits_TurnsALogitIntoItsLogProbability(NonEmptyArray<int> numbers)
    {
        // Longer than the pieces it is computed in.
        float[] logits = [.. Enumerable.Repeat(numbers.Get, 1 + (1200 / numbers.Get.Length)).SelectMany(n => n).Select(n => n / 7f)];

        Assert.Equal(LogitsMath.LogProbability(logits, 0), logits[0] - LogitsMath.LogSumExp(logits), 1e-4);
    }

    [Fact]
    public void LogSumExp_OfLargeLogits_DoesNotOverflow() => Assert.Equal(1000 + Math.Log(1 + Math.Exp(-1)), LogitsMath.LogSumExp([1000, 999]), 1e-4);
}
