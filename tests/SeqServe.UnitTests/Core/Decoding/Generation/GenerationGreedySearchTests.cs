using SeqServe.Core.Decoding;
using SeqServe.Core.Decoding.Generation;

namespace SeqServe.UnitTests.Core.Decoding.Generation;

public class GenerationGreedySearchTests
{
    private static readonly GenerationSettings s_settings = new() { DecoderStartId = 3, EndIds = [0, 1], MaxNewTokens = 2 };

    [Fact]
    public void Advance_AnyEndId_EndsWithoutIt()
    {
        var search = s_settings.NewSearch();

        search.Read([0, 1, 3, 2]);
        Assert.Equal([new NextRow(0, 2)], search.Advance().ToArray());
        search.Read([0, 4, 3, 2]);
        Assert.True(search.Advance().IsEmpty);

        var found = Assert.Single(search.Hypotheses);
        Assert.Equal([2], found.Tokens);
        Assert.Equal([0], found.Rows);
        Assert.Equal(FinishReason.Eos, found.FinishReason);
        Assert.Equal(LogitsMath.LogProbability([0, 1, 3, 2], 2) + LogitsMath.LogProbability([0, 4, 3, 2], 1), found.Score, 1e-6);
    }

    [Fact]
    public void Advance_MostTokens_EndsForItsLength()
    {
        var search = s_settings.NewSearch();

        search.Read([0, 1, 3, 2]);
        Assert.Empty(search.Hypotheses);
        Assert.False(search.Advance().IsEmpty);
        search.Read([0, 1, 3, 2]);
        Assert.True(search.Advance().IsEmpty);

        var found = Assert.Single(search.Hypotheses);
        Assert.Equal([2, 2], found.Tokens);
        Assert.Equal(FinishReason.Length, found.FinishReason);
    }

    [Fact]
    public void Score_OfAPenalizedToken_IsThatOfTheProcessedScores()
    {
        var search = (s_settings with { RepetitionPenalty = 2, MaxNewTokens = 1 }).NewSearch();

        // The decoder's start is part of the context.
        search.Read([0, 1, 2.5f, 3]);
        search.Advance();

        Assert.Equal([2], search.Hypotheses[0].Tokens);
        Assert.Equal(LogitsMath.LogProbability([0, 1, 2.5f, 1.5f], 2), search.Hypotheses[0].Score, 1e-6);
    }

    [Fact]
    public void Chosen_EachToken_IsReportedAtOnceButNotTheEnd()
    {
        List<(int Token, double LogProbability)> chosen = [];
        var search = (s_settings with { ForcedBegin = 2 }).NewSearch((token, logProbability) => chosen.Add((token, logProbability)));

        search.Read([0, 1, 3, 5]);
        var first = Assert.Single(chosen);
        Assert.Equal(2, first.Token);
        Assert.Equal(0, first.LogProbability, 1e-6);
        search.Advance();
        search.Read([9, 1, 3, 2]);

        Assert.Single(chosen);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Read_LogitsAreLeft_ThoughScoresAreNot(int beams)
    {
        float[] logits = [0, 1, 3, 2];

        (s_settings with { ForcedBegin = 2, NumBeams = beams }).NewSearch().Read(logits);

        Assert.Equal([0, 1, 3, 2], logits);
    }

    [Theory]
    [InlineData(1, null)]
    [InlineData(2, null)]
    [InlineData(1, 2)]
    [InlineData(2, 2)]
    public void Read_UnusableLogits_Throws(int beams, int? forced)
    {
        var settings = s_settings with { NumBeams = beams, ForcedBegin = forced };

        Assert.Throws<ArithmeticException>(() => settings.NewSearch().Read([1, float.NaN, 2, 3]));
        Assert.Throws<ArithmeticException>(() => settings.NewSearch().Read([1, float.PositiveInfinity, 2, 3]));
    }

    [Fact]
    public void Advance_EveryFurtherTokenForbidden_EndsWithWhatThereIs()
    {
        // No token may come twice, and no end before the third.
        var search = (s_settings with { NoRepeatNgramSize = 1, MinNewTokens = 3, MaxNewTokens = 9, EndIds = [2] }).NewSearch();

        foreach (var _ in (int[])[0, 1])
        {
            search.Read([2, 1, 0, 0]);
            Assert.False(search.Advance().IsEmpty);
        }

        search.Read([2, 1, 0, 0]);

        Assert.True(search.Advance().IsEmpty);
        Assert.Equal([0, 1], search.Hypotheses[0].Tokens);
        Assert.Equal(FinishReason.Length, search.Hypotheses[0].FinishReason);
    }
}
