using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

public class GreedySearchTests
{
    [Fact]
    public void Advance_EndId_EndsWithoutIt()
    {
        var search = new GreedySearch(maxTokens: 5, endId: 0);

        search.Read([0, 1, 3]);
        Assert.Equal([new NextRow(0, 2)], search.Advance().ToArray());
        search.Read([9, 1, 3]);
        Assert.True(search.Advance().IsEmpty);

        var found = Assert.Single(search.Hypotheses);
        Assert.Equal([2], found.Tokens);
        Assert.Equal(FinishReason.Eos, found.FinishReason);
    }

    [Fact]
    public void Advance_MaxTokens_EndsForItsLength()
    {
        var search = new GreedySearch(maxTokens: 1, endId: 0);

        search.Read([0, 1, 3]);

        Assert.True(search.Advance().IsEmpty);
        Assert.Equal(FinishReason.Length, Assert.Single(search.Hypotheses).FinishReason);
    }

    [Fact]
    public void Score_TwoTokens_IsTheirLogProbabilityOverThePenalty()
    {
        var search = new GreedySearch(maxTokens: 5, endId: 0, lengthPenalty: 0.6);

        search.Read([0, 0, 2]);
        search.Advance();
        search.Read([5, 0, 2]);
        search.Advance();

        var expected = LogitsMath.LogProbability([0, 0, 2], 2) + LogitsMath.LogProbability([5, 0, 2], 0);
        Assert.Equal(expected / Math.Pow(7.0 / 6, 0.6), search.Hypotheses[0].Score, 1e-6);
    }

    [Fact]
    public void Chosen_EachToken_IsReportedAtOnceButNotTheEnd()
    {
        List<(int Token, double LogProbability)> chosen = [];
        var search = new GreedySearch(5, 0, 1, (token, logProbability) => chosen.Add((token, logProbability)));

        search.Read([0, 1, 3]);
        Assert.Single(chosen);
        search.Advance();
        search.Read([9, 1, 3]);

        var (token, logProbability) = Assert.Single(chosen);
        Assert.Equal(2, token);
        Assert.Equal(LogitsMath.LogProbability([0, 1, 3], 2), logProbability, 6);
    }
}
