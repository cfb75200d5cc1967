namespace SeqServe.Tokenizers.UnitTests;

/// <summary>How many tokens of two texts are kept.</summary>
public class TruncationTests
{
    [Theory]
    [InlineData(5, 5, 20, TruncationStrategy.LongestFirst, 5, 5)]
    [InlineData(3, 20, 10, TruncationStrategy.LongestFirst, 3, 7)]
    [InlineData(20, 3, 10, TruncationStrategy.LongestFirst, 7, 3)]
    [InlineData(20, 30, 11, TruncationStrategy.LongestFirst, 5, 6)]
    [InlineData(30, 20, 11, TruncationStrategy.LongestFirst, 6, 5)]
    [InlineData(4, 9, 8, TruncationStrategy.LongestFirst, 4, 4)]
    [InlineData(20, 3, 10, TruncationStrategy.OnlyFirst, 7, 3)]
    [InlineData(3, 20, 10, TruncationStrategy.OnlySecond, 3, 7)]
    [InlineData(9, 9, 0, TruncationStrategy.OnlyFirst, 0, 0)]
    public void Keep_TwoTexts_AsTheReference(int first, int second, int most, TruncationStrategy strategy, int keepFirst, int keepSecond) =>
        Assert.Equal((keepFirst, keepSecond), Truncation.Keep(first, second, most, strategy));

    [Theory]
    [InlineData(3, 20, TruncationStrategy.OnlyFirst)]
    [InlineData(20, 3, TruncationStrategy.OnlySecond)]
    public void Keep_TextThatIsTooShort_IsRefused(int first, int second, TruncationStrategy strategy) =>
        Assert.Throws<ArgumentException>(() => Truncation.Keep(first, second, 10, strategy));

    [Fact]
    public void Keep_OnlySecondWithoutOne_IsRefused() => Assert.Throws<ArgumentException>(() => Truncation.Keep(11, null, 10, TruncationStrategy.OnlySecond));
}
