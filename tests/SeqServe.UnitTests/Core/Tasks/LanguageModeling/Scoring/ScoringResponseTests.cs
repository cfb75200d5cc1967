using SeqServe.Core.Tasks.LanguageModeling.Scoring;

namespace SeqServe.UnitTests.Core.Tasks.LanguageModeling.Scoring;

public class ScoringResponseTests
{
    private static readonly TokenScore[] s_tokens = [new("a", 1, -800), new("b", 2, -900)];

    [Theory]
    [InlineData(-1e9)]
    [InlineData(double.MinValue)]
    public void Perplexity_OfATextThatIsAlmostImpossible_IsFinite(double logProbability)
    {
        var text = new ScoredText(s_tokens, logProbability, Words: 2);

        Assert.Equal((double.MaxValue, double.MaxValue), (text.Perplexity, text.WordPerplexity));
    }

    [Fact]
    public void Perplexity_OfACertainText_IsOne() => Assert.Equal(1, new ScoredText(s_tokens, 0, Words: 2).Perplexity);
}
