using SeqServe.Core.Decoding;
using SeqServe.Core.Decoding.Generation;

namespace SeqServe.UnitTests.Core.Decoding.Generation;

public class GenerationBeamSearchTests
{
    private static readonly GenerationSettings s_settings = new() { DecoderStartId = 5, EndIds = [0], NumBeams = 2, MaxNewTokens = 3 };

    [Fact]
    public void Advance_FirstStep_HasTheBestTokensOfTheOneRow()
    {
        var search = s_settings.NewSearch();

        search.Read([0, 1, 4, 2, 3, 0]);

        Assert.Equal([new NextRow(0, 2), new NextRow(0, 4)], search.Advance().ToArray());
    }

    [Fact]
    public void Advance_EqualTokens_TakesTheLowerIds()
    {
        var search = s_settings.NewSearch();

        search.Read([0, 1, 4, 4, 4, 4]);

        Assert.Equal([new NextRow(0, 2), new NextRow(0, 3)], search.Advance().ToArray());
    }

    [Fact]
    public void Advance_ForcedBegin_SharesOneRow()
    {
        var search = (s_settings with { ForcedBegin = 3 }).NewSearch();

        search.Read([0, 1, 4, 2, 3, 0]);
        Assert.Equal([new NextRow(0, 3)], search.Advance().ToArray());
        search.Read([0, 1, 4, 2, 3, 0]);

        Assert.Equal([new NextRow(0, 2), new NextRow(0, 4)], search.Advance().ToArray());
    }

    [Theory]
    [InlineData(EarlyStopping.WhenFull, true)]
    [InlineData(EarlyStopping.WhenUnlikelyBetter, false)]
    [InlineData(EarlyStopping.WhenNeverBetter, false)]
    public void Advance_AsManyFinishedAsBeams_IsOverWhenAskedTo(EarlyStopping stopping, bool over)
    {
        var search = (s_settings with { EarlyStopping = stopping, LengthPenalty = 3 }).NewSearch();
        float[] logits = [3, 3, 3, 0, 0, 0];

        search.Read(logits);
        Assert.Equal(2, search.Advance().Length);
        search.Read(logits);
        search.Read(logits);

        // The end came first at both steps, and is one of two beams each time.
        Assert.Equal(over, search.Advance().IsEmpty);
    }

    [Fact]
    public void Score_OfABeam_IsDividedByTheGeneratedLengthWithTheEnd()
    {
        var search = (s_settings with { LengthPenalty = 2, EarlyStopping = EarlyStopping.WhenFull }).NewSearch();
        float[] first = [-9, 5, 4, 0, 0, 0];
        float[] second = [5, 0, 0, 0, 0, 0];

        search.Read(first);
        search.Advance();
        search.Read(second);
        search.Read(second);
        Assert.True(search.Advance().IsEmpty);

        Assert.Equal([1], search.Hypotheses[0].Tokens);
        Assert.Equal([2], search.Hypotheses[1].Tokens);
        Assert.Equal([0], search.Hypotheses[1].Rows);
        Assert.Equal((LogitsMath.LogProbability(first, 2) + LogitsMath.LogProbability(second, 0)) / 4, search.Hypotheses[1].Score, 1e-6);
    }

    [Fact]
    public void Advance_EverySequenceForbidden_FindsTheEmptyAnswer()
    {
        var search = (s_settings with { SuppressTokens = [0, 1, 2] }).NewSearch();

        search.Read([0, 1, 2]);

        Assert.True(search.Advance().IsEmpty);
        var found = Assert.Single(search.Hypotheses);
        Assert.Empty(found.Tokens);
        Assert.Equal(FinishReason.Length, found.FinishReason);
    }

    [Fact]
    public void Run_VocabularyOfTheEndAlone_FindsTheEmptyAnswer()
    {
        var found = Assert.Single(new GenerationModel(1, 1, []).Run(s_settings.NewSearch(), 5));

        Assert.Empty(found.Tokens);
        Assert.Equal(FinishReason.Eos, found.FinishReason);
    }
}
