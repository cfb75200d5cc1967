using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Tasks.LanguageModeling.Scoring;

public class TextScorerTests
{
    [Fact]
    public async Task Score_Text_IsReadFromBeginToEnd()
    {
        using var bench = new LanguageModelBench();
        int[] ids = [.. LanguageModelBench.Ids("The clouds are in the sky."), LanguageModelBench.EndId];

        var result = Assert.Single((await bench.Score("The clouds are in the sky.")).Results);

        Assert.Equal(ids[1..], result.Tokens.Select(t => t.Id));
        for (var i = 0; i < result.Tokens.Count; i++)
            Assert.Equal(new NextTokenDistribution(bench.Model.Logits(ids[..(i + 1)])).LogProbability(ids[i + 1]), result.Tokens[i].LogProbability, 1e-3);
        Assert.Equal(result.Tokens.Sum(t => (double)t.LogProbability), result.LogProbability, 1e-9);
        Assert.Equal(7, result.Words);
        Assert.Equal(Math.Exp(-result.LogProbability / result.Tokens.Count), result.Perplexity, 1e-6);
        Assert.Equal(Math.Exp(-result.LogProbability / 7), result.WordPerplexity, 1e-6);
    }

    [Fact]
    public async Task Score_SeveralTexts_AnswersEachAsAlone()
    {
        using var bench = new LanguageModelBench();
        string[] texts = ["A", "The clouds are in the sky.", "Yes."];

        var together = (await bench.Score(texts)).Results;

        foreach (var (text, result) in texts.Zip(together))
            Assert.Equal((await bench.Score(text)).Results[0].Tokens, result.Tokens);
    }

    [Theory]
    [InlineData("  ", ServingErrorCode.InputEmpty)]
    [InlineData("a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a " +
        "a a a a a a a a a a a a a a a", ServingErrorCode.InputTooLong)]
    public async Task Score_FaultyText_IsRefusedByName(string text, ServingErrorCode code)
    {
        using var bench = new LanguageModelBench();

        var failure = await Assert.ThrowsAsync<ServingException>(() => bench.Score("good", text));

        Assert.Equal(code, failure.Code);
        Assert.Equal(["inputs[1]"], failure.FieldErrors!.Keys);
    }

    [Fact]
    public async Task Score_ModelWithoutAGraphForIt_IsRefused()
    {
        using var bench = new LanguageModelBench(() => new FakeDecoder(LanguageModelBench.Tokenizer.VocabularySize) { CanScore = false },
            json => json["graphs"]!.AsObject().Remove("score"));

        var failure = await Assert.ThrowsAsync<ServingException>(() => bench.Score("good"));

        Assert.Equal(ServingErrorCode.InvalidRequest, failure.Code);
        Assert.Contains("cannot score", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_ScoresThatDependOnThePadding_BatchesEqualLengthsOnly() =>
        Assert.Equal(0, ScorerLimits((batch, row) => batch.Lengths.Span[row] < batch.Time ? 1 : 0).MaxPadding);

    [Fact]
    public void Load_ScoresThatDependOnNeighbours_ScoresEachTextAlone()
    {
        var limits = ScorerLimits((batch, _) => batch.Rows);

        Assert.Equal(1, limits.MaxBatchSize);
    }

    [Fact]
    public void Load_ScoresOfTheTextAlone_BatchesAsTheManifestSays() => Assert.True(ScorerLimits((_, _) => 0) is { MaxBatchSize: > 1, MaxPadding: > 0 });

    private static BatchLimits ScorerLimits(Func<PaddedBatch, int, float> shift)
    {
        using var bench = new LanguageModelBench(() => new FakeDecoder(LanguageModelBench.Tokenizer.VocabularySize) { ScoreShift = shift });
        using var lease = bench.Lease();
        // The graph of the steps is sound: its batches are as the manifest says.
        Assert.True(lease.Model.Batcher.Limits.MaxBatchSize > 1);
        return lease.Model.Scorer!.Limits;
    }
}
