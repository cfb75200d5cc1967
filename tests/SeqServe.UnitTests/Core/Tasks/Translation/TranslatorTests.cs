using SeqServe.Core.Decoding;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Translation;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Tasks.Translation;

public class TranslatorTests
{
    [Fact]
    public async Task TranslateAsync_ASentence_GivesItsTranslation()
    {
        using var bench = new TranslatorBench();

        var answer = await bench.Translate("a fine film");

        var result = Assert.Single(answer.Results);
        Assert.Equal(TranslatorBench.Reversed("a fine film"), result.Translation);
        Assert.Equal(FinishReason.Eos, result.FinishReason);
        Assert.InRange(result.Score, -5, 0);
        Assert.Equal(("en-fr-a", "en", "fr"), (answer.Model, answer.Languages?.Source, answer.Languages?.Target));
        Assert.Equal(TranslatorBench.Tokenizer.Encode("a fine film", 100).Ids.Length, answer.InputTokens);
        Assert.Equal(answer.InputTokens - 1, answer.OutputTokens);
    }

    [Fact]
    public async Task TranslateAsync_LinesAndWhiteSpace_AreKept()
    {
        using var bench = new TranslatorBench();

        var result = (await bench.Translate("  one\r\n\r\n\ttwo  \n--- 3 ---\nthree")).Results[0];

        Assert.Equal($"  {TranslatorBench.Reversed("one")}\r\n\r\n\t{TranslatorBench.Reversed("two")}  \n--- 3 ---\n{TranslatorBench.Reversed("three")}",
            result.Translation);
    }

    [Fact]
    public async Task TranslateAsync_LongLine_IsTranslatedSentenceBySentenceSideBySide()
    {
        using var bench = new TranslatorBench();
        string[] sentences = [.. Enumerable.Range(0, 12).Select(i => $"This is the film number {(char)('a' + i)}1 that I like.")];

        var result = (await bench.Translate(string.Join(" ", sentences))).Results[0];

        Assert.Equal(string.Join(" ", sentences.Select(TranslatorBench.Reversed)), result.Translation);
        Assert.Contains(12, bench.Model.Runs);
    }

    [Fact]
    public async Task TranslateAsync_TwoShortSentences_AreOnePiece()
    {
        using var bench = new TranslatorBench();

        var result = (await bench.Translate("I know. You know.")).Results[0];

        Assert.Equal(TranslatorBench.Reversed("I know. You know."), result.Translation);
    }

    [Theory]
    [InlineData("123 + 4 = 127!")]
    [InlineData("🙂 → ∞")]
    [InlineData(" ... \n ?! ")]
    public async Task TranslateAsync_TextWithoutLetters_ComesBackAsItIs(string text)
    {
        using var bench = new TranslatorBench();

        var answer = await bench.Translate(text);

        Assert.Equal(text, answer.Results[0].Translation);
        Assert.Empty(bench.Model.Runs);
        Assert.Equal(0, answer.InputTokens);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" \n\t ")]
    public async Task TranslateAsync_EmptyText_IsRefusedByItsName(string text)
    {
        using var bench = new TranslatorBench();

        var refused = await Assert.ThrowsAsync<ServingException>(() => bench.Translate("film", text));

        Assert.Equal(ServingErrorCode.InputEmpty, refused.Code);
        Assert.Equal(["inputs[1]"], refused.FieldErrors!.Keys);
        Assert.Empty(bench.Model.Runs);
    }

    [Fact]
    public async Task TranslateAsync_SentenceLongerThanTheModelTakes_IsRefusedWithItsBeginning()
    {
        using var bench = new TranslatorBench();

        var refused = await Assert.ThrowsAsync<ServingException>(
            () => bench.Translate($"Short one. Then {string.Concat(Enumerable.Repeat("very ", 200))}long."));

        Assert.Equal(ServingErrorCode.InputTooLong, refused.Code);
        Assert.Contains("Then very", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task TranslateAsync_HundredThousandCharacters_IsRefusedBeforeAnyWork()
    {
        using var bench = new TranslatorBench();

        var refused = await Assert.ThrowsAsync<ServingException>(() => bench.Translate(string.Concat(Enumerable.Repeat("It rains. ", 10_000))));

        Assert.Equal(ServingErrorCode.InputTooLong, refused.Code);
        Assert.Empty(bench.Model.Runs);
    }

    [Fact]
    public async Task TranslateAsync_MaxTokens_EndsForLength()
    {
        using var bench = new TranslatorBench();

        var answer = await bench.Translate(new TranslationRequest(["a fine film"]) { MaxTokens = 2 });

        Assert.Equal(FinishReason.Length, answer.Results[0].FinishReason);
        Assert.Equal(2, answer.OutputTokens);
    }

    [Fact]
    public async Task TranslateAsync_ModelThatNeverEnds_StopsAtTwiceTheSourceAndTen()
    {
        var vocabularySize = TranslatorBench.Tokenizer.VocabularySize;
        using var bench = new TranslatorBench(
            model: () => new FakeDecoder(vocabularySize) { Answer = _ => [.. Enumerable.Range(0, vocabularySize).Select(i => i == 300 ? 5f : 0f)] });

        var answer = await bench.Translate("a fine film");

        Assert.Equal((2 * answer.InputTokens) + 10, answer.OutputTokens);
        Assert.Equal(FinishReason.Length, answer.Results[0].FinishReason);
    }

    [Fact]
    public async Task TranslateAsync_Alternatives_AreOtherAndLessProbable()
    {
        using var bench = new TranslatorBench();

        var result = (await bench.Translate(new TranslationRequest(["a fine film"]) { Alternatives = 3 })).Results[0];

        Assert.Equal(3, result.Alternatives.Count);
        Assert.DoesNotContain(result.Alternatives, alternative => alternative.Translation == result.Translation);
        double[] scores = [result.Score, .. result.Alternatives.Select(a => a.Score)];
        Assert.Equal(scores.OrderDescending(), scores);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task TranslateAsync_Alignments_NameTheAxesAndSumToOne(int beams)
    {
        using var bench = new TranslatorBench();

        var result = (await bench.Translate(new TranslationRequest(["a fine film"]) { Alignments = true, BeamSize = beams })).Results[0];

        var alignment = Assert.Single(result.Alignments);
        Assert.Equal("</s>", alignment.SourceTokens[^1]);
        Assert.Equal(TranslatorBench.Reversed("a fine film"), string.Concat(alignment.TargetTokens).TrimStart());
        Assert.Equal(alignment.TargetTokens.Count, alignment.Weights.Count);
        Assert.All(alignment.Weights, row => Assert.Equal(alignment.SourceTokens.Count, row.Count));
        Assert.All(alignment.Weights, row => Assert.Equal(1, row.Sum(), 1e-5));
    }

    [Fact]
    public async Task TranslateAsync_AlignmentsOfSeveralLines_AreOnePerSentence()
    {
        using var bench = new TranslatorBench();

        var result = (await bench.Translate(new TranslationRequest(["one\n2\nthree"]) { Alignments = true })).Results[0];

        Assert.Equal(2, result.Alignments.Count);
    }

    [Theory]
    [InlineData(0, 0, 1.0, null, false, "beam_size")]
    [InlineData(99, 0, 1.0, null, false, "beam_size")]
    [InlineData(4, 5, 1.0, null, false, "alternatives")]
    [InlineData(4, -1, 1.0, null, false, "alternatives")]
    [InlineData(null, 16, 1.0, null, false, "alternatives")]
    [InlineData(1, 0, -0.1, null, false, "length_penalty")]
    [InlineData(1, 0, double.NaN, null, false, "length_penalty")]
    [InlineData(1, 0, 1.0, 0, false, "max_tokens")]
    [InlineData(1, 0, 1.0, 161, false, "max_tokens")]
    [InlineData(2, 0, 1.0, null, true, "stream")]
    [InlineData(null, 1, 1.0, null, true, "stream")]
    public void Start_ValueOutOfRange_IsRefusedByItsField(int? beams, int alternatives, double penalty, int? maxTokens, bool streamed, string field)
    {
        using var bench = new TranslatorBench();
        var request = new TranslationRequest(["film"]) { BeamSize = beams, Alternatives = alternatives, LengthPenalty = penalty, MaxTokens = maxTokens };

        var refused = Assert.Throws<ServingException>(() => bench.Translator.Start(request, bench.Observed, streamed, default));

        Assert.Equal(ServingErrorCode.InvalidRequest, refused.Code);
        Assert.Equal([field], refused.FieldErrors!.Keys);
    }

    [Fact]
    public void Start_MoreBeamsThanSlots_IsRefused()
    {
        using var bench = new TranslatorBench(slots: 4);

        var refused = Assert.Throws<ServingException>(
            () => bench.Translator.Start(new TranslationRequest(["film"]) { BeamSize = 5 }, bench.Observed, false, default));

        Assert.Contains("1–4", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Start_AlignmentsOfAModelWithoutAttention_IsRefused()
    {
        using var bench = new TranslatorBench(model: () => new FakeDecoder(TranslatorBench.Tokenizer.VocabularySize) { GivesAttention = false });

        var refused = Assert.Throws<ServingException>(
            () => bench.Translator.Start(new TranslationRequest(["film"]) { Alignments = true }, bench.Observed, false, default));

        Assert.Equal(["alignments"], refused.FieldErrors!.Keys);
    }

    [Fact]
    public void Start_FullQueue_IsRefusedBeforeTokenization()
    {
        using var bench = new TranslatorBench(queueCapacity: 1);

        var refused = Assert.Throws<ServingException>(() => bench.Translator.Start(new TranslationRequest(["film", "film"]), bench.Observed, false, default));

        Assert.Equal(0, bench.Observed.InputTokens);
        Assert.Equal(ServingErrorCode.InvalidRequest, refused.Code);
    }
}
