using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Classification;

namespace SeqServe.UnitTests.Core.Tasks.Classification;

public class SequenceClassifierTests
{
    [Fact]
    public async Task Classify_SeveralTexts_AnswersInTheirOrder()
    {
        using var bench = new ClassifierBench();
        bench.Backend.Answer = ids => [ids.Length, 0];

        var answer = await bench.Classify("a much longer text than the other two of them", "short", "a middling text");

        Assert.Equal(("a", 1), (answer.Model, answer.Version));
        string[] texts = ["a much longer text than the other two of them", "short", "a middling text"];
        Assert.Equal(texts.Select(t => bench.Ids(t).Length), answer.Results.Select(r => r.InputTokens));
        Assert.All(texts.Zip(answer.Results), pair => Assert.Equal(Sigmoid(bench.Ids(pair.First).Length), pair.Second.Scores[0].Score, 1e-6f));
        Assert.Equal(answer.Results.Sum(r => r.InputTokens), answer.InputTokens);
    }

    [Fact]
    public async Task Classify_ManyLabels_RanksTheBestFiveByDefault()
    {
        using var bench = new ClassifierBench(classes: 8);
        bench.Backend.Answer = _ => [0, 5, 1, 4, 1, 9, 2, 3];

        var result = Assert.Single((await bench.Classify("a text")).Results);

        Assert.Equal(["label5", "label1", "label3", "label7", "label6"], result.Scores.Select(s => s.Label));
        Assert.Equal(result.Scores.Select(s => s.Score).OrderDescending(), result.Scores.Select(s => s.Score));
        Assert.Null(result.Attributions);
    }

    [Fact]
    public async Task Classify_EqualScores_KeepTheOrderOfTheLabels()
    {
        using var bench = new ClassifierBench(classes: 3);
        bench.Backend.Answer = _ => [1, 1, 1];

        var result = Assert.Single((await bench.Classify(new ClassificationRequest(["x"]) { TopK = 3 })).Results);

        Assert.Equal(["label0", "label1", "label2"], result.Scores.Select(s => s.Label));
        Assert.Equal(1, result.Scores.Sum(s => s.Score), 1e-6f);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4)]
    public async Task Classify_TopKOutOfRange_NamesTheField(int topK)
    {
        using var bench = new ClassifierBench(classes: 3);

        var refusal = await Refusal(bench, new ClassificationRequest(["x"]) { TopK = topK });

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.Contains("1–3", refusal.FieldErrors!["top_k"][0], StringComparison.Ordinal);
        Assert.Empty(bench.Runs);
    }

    [Fact]
    public async Task Classify_SeveralFaultyTexts_NamesThemAll()
    {
        using var bench = new ClassifierBench();
        var tooLong = string.Concat(Enumerable.Repeat("film ", 300));

        var refusal = await Refusal(bench, new ClassificationRequest(["fine", " ", tooLong, "\t"]));

        Assert.Equal(ServingErrorCode.InputEmpty, refusal.Code);
        Assert.Equal(["inputs[1]", "inputs[2]", "inputs[3]"], refusal.FieldErrors!.Keys);
        Assert.Contains("256 tokens", refusal.FieldErrors["inputs[2]"][0], StringComparison.Ordinal);
        Assert.Empty(bench.Runs);
    }

    [Fact]
    public async Task Classify_OneTextAlone_IsNamedWithoutIndex()
    {
        using var bench = new ClassifierBench();

        var refusal = await Refusal(bench, new ClassificationRequest([""]) { IsSingle = true });

        Assert.Equal(["inputs"], refusal.FieldErrors!.Keys);
    }

    [Fact]
    public async Task Classify_TooLongWithTruncate_CutsAndSaysSo()
    {
        using var bench = new ClassifierBench();

        var answer = await bench.Classify(new ClassificationRequest([string.Concat(Enumerable.Repeat("film ", 300)), "short"]) { Truncate = true });

        Assert.Equal([true, false], answer.Results.Select(r => r.Truncated));
        Assert.Equal(256, answer.Results[0].InputTokens);
    }

    [Fact]
    public async Task Classify_GraphFails_IsInferenceFailed()
    {
        using var bench = new ClassifierBench();
        bench.Backend.Answer = _ => [float.NaN, 0];

        Assert.Equal(ServingErrorCode.InferenceFailed, (await Refusal(bench, new ClassificationRequest(["x"]))).Code);
    }

    [Fact]
    public async Task Classify_MoreTextsThanTheQueueHolds_IsRefusedBeforeAnyWork()
    {
        using var bench = new ClassifierBench(queueCapacity: 2);

        Assert.Equal(ServingErrorCode.InvalidRequest, (await Refusal(bench, new ClassificationRequest(["a", "", "c"]))).Code);
    }

    [Fact]
    public async Task Classify_Refused_StillReportsWhatBecameKnown()
    {
        using var bench = new ClassifierBench();

        await Refusal(bench, new ClassificationRequest(["fine", " "]));

        Assert.Equal(("a", 2), (bench.Observed.Model!.Model, bench.Observed.Inputs));
        Assert.Null(bench.Observed.Timings);
        Assert.Equal(0, bench.Observed.Model.InFlight);
    }

    private static Task<ServingException> Refusal(ClassifierBench bench, ClassificationRequest request) =>
        Assert.ThrowsAsync<ServingException>(() => bench.Classify(request));

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
}
