using SeqServe.Core.Decoding;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Tasks.LanguageModeling;

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
    [InlineData("a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a", ServingErrorCode.InputTooLong)]
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
        using var bench = new LanguageModelBench(() => new FakeDecoder(LanguageModelBench.Tokenizer.VocabularySize) { CanScore = false }, json => json["graphs"]!.AsObject().Remove("score"));

        var failure = await Assert.ThrowsAsync<ServingException>(() => bench.Score("good"));

        Assert.Equal(ServingErrorCode.InvalidRequest, failure.Code);
        Assert.Contains("no graph that scores", failure.Message, StringComparison.Ordinal);
    }
}
