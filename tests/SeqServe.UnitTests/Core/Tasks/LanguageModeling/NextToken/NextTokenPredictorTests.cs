using SeqServe.Core.Decoding;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.LanguageModeling.NextToken;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Tasks.LanguageModeling.NextToken;

public class NextTokenPredictorTests
{
    private const string Text = "The clouds are in the";

    [Fact]
    public async Task Predict_Text_GivesTheBestTokensBehindIt()
    {
        using var bench = new LanguageModelBench();

        var response = await bench.Predict(Text);

        var result = Assert.Single(response.Results);
        var expected = new NextTokenDistribution(bench.Model.Logits(LanguageModelBench.Ids(Text)));
        Assert.Equal(expected.Best(5), result.Candidates.Select(c => new TokenCandidate(c.Id, c.Probability, c.LogProbability)));
        Assert.Equal(expected.Entropy, result.Entropy);
        Assert.Equal(result.Candidates.Select(c => LanguageModelBench.Tokenizer.TokenText(c.Id)), result.Candidates.Select(c => c.Token));
        Assert.Equal(LanguageModelBench.Ids(Text).Length, result.InputTokens);
        Assert.Null(result.State);
        Assert.Equal(("lm", 1), (response.Model, response.Version));
    }

    [Fact]
    public async Task Predict_SeveralTexts_AnswersEachAsAlone()
    {
        using var bench = new LanguageModelBench();
        string[] texts = ["A", "The clouds are in the", "I grew up in France, and I speak fluent"];

        var together = await bench.Predict(texts);

        foreach (var (text, result) in texts.Zip(together.Results))
            Assert.Equal((await bench.Predict(text)).Results[0].Candidates, result.Candidates);
        Assert.Equal(texts.Sum(t => LanguageModelBench.Ids(t).Length), together.InputTokens);
        Assert.InRange(together.Timings.BatchSize, 1, texts.Length);
    }

    [Fact]
    public async Task Predict_TemperatureAndTopK_AreHeeded()
    {
        using var bench = new LanguageModelBench();

        var result = (await bench.Predict(new PredictionRequest(LanguageModelBench.Texts(Text)) { TopK = 2, Temperature = 0.5 })).Results[0];

        var expected = new NextTokenDistribution(bench.Model.Logits(LanguageModelBench.Ids(Text)), 0.5);
        Assert.Equal(expected.Best(2).Select(c => c.Probability), result.Candidates.Select(c => c.Probability));
    }

    [Fact]
    public async Task Predict_TokenIds_AreTakenAsTheyAre()
    {
        using var bench = new LanguageModelBench();
        int[] ids = [9, 8, 7];

        var result = (await bench.Predict(new PredictionRequest(new PromptSet([Prompt.OfIds(ids)], true, "inputs")))).Results[0];

        Assert.Equal(new NextTokenDistribution(bench.Model.Logits(ids)).Best(1)[0].Id, result.Candidates[0].Id);
        Assert.Equal(3, result.InputTokens);
    }

    [Fact]
    public async Task Predict_GoingOnFromAState_IsAsTheWholeText()
    {
        using var bench = new LanguageModelBench();

        var first = await bench.Predict(new PredictionRequest(LanguageModelBench.Texts("The clouds are")) { ReturnState = true });
        var second = await bench.Predict(new PredictionRequest(LanguageModelBench.Texts("in the")) { State = first.Results[0].State, ReturnState = true });

        Assert.Equal((await bench.Predict(Text)).Results[0].Candidates, second.Results[0].Candidates);
        using var lease = bench.Lease();
        Assert.Equal(LanguageModelBench.Ids(Text).Length, bench.States.Read(second.Results[0].State!, lease.Model).Position);
    }

    [Theory]
    [InlineData(new int[0], ServingErrorCode.InputEmpty)]
    [InlineData(new[] { -1 }, ServingErrorCode.InvalidRequest)]
    [InlineData(new[] { 5, 100_000 }, ServingErrorCode.InvalidRequest)]
    public async Task Predict_FaultyTokenIds_AreRefusedByName(int[] ids, ServingErrorCode code)
    {
        using var bench = new LanguageModelBench();
        var prompts = new PromptSet([Prompt.OfIds([5]), Prompt.OfIds(ids)], false, "inputs");

        var failure = await Assert.ThrowsAsync<ServingException>(() => bench.Predict(new PredictionRequest(prompts)));

        Assert.Equal(code, failure.Code);
        Assert.Equal(["inputs[1]"], failure.FieldErrors!.Keys);
    }

    [Fact]
    public async Task Predict_TextBeyondTheLimit_SaysTheLimit()
    {
        using var bench = new LanguageModelBench();

        var failure = await Assert.ThrowsAsync<ServingException>(() => bench.Predict(string.Join(' ', Enumerable.Repeat("cloud", 48))));

        Assert.Equal(ServingErrorCode.InputTooLong, failure.Code);
        Assert.Contains("48 tokens", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, null, "return_state")]
    [InlineData(false, "AQ", "state")]
    public async Task Predict_StateOfACacheModel_IsRefused(bool returnState, string? state, string field)
    {
        using var bench = new LanguageModelBench(() => new FakeDecoder(LanguageModelBench.Tokenizer.VocabularySize));
        var request = new PredictionRequest(LanguageModelBench.Texts(Text)) { ReturnState = returnState, State = state };

        var failure = await Assert.ThrowsAsync<ServingException>(() => bench.Predict(request));

        Assert.Equal(ServingErrorCode.InvalidRequest, failure.Code);
        Assert.Equal([field], failure.FieldErrors!.Keys);
    }

    [Fact]
    public async Task Predict_NotANumber_FailsAloneAndIsNamed()
    {
        var bad = LanguageModelBench.Ids("bad");
        using var bench = new LanguageModelBench(() => new FakeDecoder(LanguageModelBench.Tokenizer.VocabularySize)
        {
            Answer = read => [.. Enumerable.Repeat(read.Contains(bad[^1]) ? float.NaN : 1f, LanguageModelBench.Tokenizer.VocabularySize)],
        });

        var failure = await Assert.ThrowsAsync<ServingException>(() => bench.Predict("good", "bad"));

        Assert.Equal(ServingErrorCode.InferenceFailed, failure.Code);
        Assert.Equal(["prompt[1]"], failure.FieldErrors!.Keys);
        Assert.Single((await bench.Predict("good")).Results);
    }
}
