using SeqServe.Core.Decoding;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Classification;

namespace SeqServe.UnitTests.Core.Tasks.Classification;

public class ExplainTests
{
    [Fact]
    public async Task Explain_EachWord_WeighsTheTextAgainstItselfWithoutTheWord()
    {
        using var bench = new ClassifierBench();
        // The more tokens, the surer of class 1.
        bench.Backend.Answer = ids => [0, ids.Length];
        const string Text = "  a wonderful film ";

        var result = await Explain(bench, Text);

        Assert.Equal(["a", "wonderful", "film"], result.Attributions!.Select(a => a.Word));
        Assert.All(result.Attributions!, a => Assert.Equal(a.Word, Text[a.Start..a.End]));
        var full = LogProbability(bench, Text);
        foreach (var word in result.Attributions!)
            Assert.Equal(full - LogProbability(bench, Text.Remove(word.Start, word.End - word.Start)), word.Weight, 1e-6);
        Assert.All(result.Attributions!, word => Assert.True(word.Weight > 0));
    }

    [Fact]
    public async Task Explain_WordThatSpeaksAgainstTheLabel_WeighsBelowZero()
    {
        using var bench = new ClassifierBench();
        var length = bench.Ids("fine film not").Length;
        // Surest of class 0 once a word is gone.
        bench.Backend.Answer = ids => [ids.Length == length ? 1 : 5, 0];

        Assert.All((await Explain(bench, "fine film not")).Attributions!, word => Assert.True(word.Weight < 0));
    }

    [Fact]
    public async Task Explain_OneWord_WeighsItAgainstAUniformGuess()
    {
        using var bench = new ClassifierBench(classes: 4);
        bench.Backend.Answer = _ => [3, 0, 0, 0];

        var word = Assert.Single((await Explain(bench, "film")).Attributions!);

        Assert.Equal(LogitsMath.LogProbability([3, 0, 0, 0], 0) + Math.Log(4), word.Weight, 1e-9);
    }

    [Fact]
    public async Task Explain_TooManyWords_IsRefusedBeforeAnyRun()
    {
        using var bench = new ClassifierBench();
        var text = string.Concat(Enumerable.Repeat("a ", 171));

        var refusal = await Assert.ThrowsAsync<ServingException>(() => bench.Classify(new ClassificationRequest([text, text, text]) { Explain = true }));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
        Assert.Contains("512", refusal.FieldErrors!["explain"][0], StringComparison.Ordinal);
        Assert.Empty(bench.Runs);
    }

    [Fact]
    public async Task Explain_TooManyCharacters_IsRefusedBeforeAnyRun()
    {
        using var bench = new ClassifierBench();
        var text = "a" + new string(' ', Occlusion.MaxExplainedCharacters) + "b";

        var refusal = await Assert.ThrowsAsync<ServingException>(() => bench.Classify(new ClassificationRequest([text]) { Explain = true }));

        Assert.Contains("32768 characters", refusal.FieldErrors!["explain"][0], StringComparison.Ordinal);
        Assert.Empty(bench.Runs);
    }

    [Fact]
    public async Task Explain_MoreRowsThanTheQueueHolds_IsRefusedBeforeTheyAreTokenized()
    {
        using var bench = new ClassifierBench(queueCapacity: 3);

        var refusal = await Assert.ThrowsAsync<ServingException>(() => bench.Classify(new ClassificationRequest(["one two three"]) { Explain = true }));

        Assert.Equal(ServingErrorCode.InvalidRequest, refusal.Code);
    }

    [Fact]
    public async Task Explain_AsManyWordsAsAllowed_IsAnswered()
    {
        using var bench = new ClassifierBench();
        var text = string.Concat(Enumerable.Repeat("a ", 128));

        var answer = await bench.Classify(new ClassificationRequest([text, text, text, text]) { Explain = true });

        Assert.All(answer.Results, result => Assert.Equal(128, result.Attributions!.Count));
        Assert.Equal(4 * 128, answer.InputTokens);
    }

    [Fact]
    public async Task Explain_RowsThatFail_NameTheirText()
    {
        using var bench = new ClassifierBench();
        bench.Backend.Answer = _ => [float.NaN, 0];

        var refusal = await Assert.ThrowsAsync<ServingException>(() => bench.Classify(new ClassificationRequest(["one two three"]) { Explain = true }));

        Assert.Equal((ServingErrorCode.InferenceFailed, "inputs[0]"), (refusal.Code, Assert.Single(refusal.FieldErrors!).Key));
    }

    [Fact]
    public async Task Explain_CutTexts_NamesThem()
    {
        using var bench = new ClassifierBench();
        var tooLong = string.Concat(Enumerable.Repeat("film ", 300));

        var refusal = await Assert.ThrowsAsync<ServingException>(
            () => bench.Classify(new ClassificationRequest(["fine", tooLong]) { Explain = true, Truncate = true }));

        Assert.Equal("inputs[1]", Assert.Single(refusal.FieldErrors!).Key);
        Assert.Contains("a text that is cut cannot be explained", refusal.FieldErrors!["inputs[1]"][0], StringComparison.Ordinal);
        Assert.Empty(bench.Runs);
    }

    [Fact]
    public void Split_AnyWhiteSpace_SeparatesWords() =>
        Assert.Equal([1..3, 5..7], WordSpans.Split("\tab\u00A0\u3000cd\n"));

    private static async Task<ClassifiedText> Explain(ClassifierBench bench, string text) =>
        Assert.Single((await bench.Classify(new ClassificationRequest([text]) { Explain = true })).Results);

    private static double LogProbability(ClassifierBench bench, string text) => LogitsMath.LogProbability([0, bench.Ids(text).Length], 1);
}
