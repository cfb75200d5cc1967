using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests.Normalizers;

/// <summary>What normalizers make of texts, and where each byte of it came from; as the reference has it.</summary>
public class NormalizerTests
{
    [Theory]
    [InlineData("NFD", "é", "e\u0301", "0-1 0-1 0-1")]
    [InlineData("NFC", "e\u0301x", "éx", "0-1 0-1 2-3")]
    [InlineData("NFC", "e\u0327\u0301", "ȩ\u0301", "0-1 0-1 2-3 2-3")]
    [InlineData("NFKC", "ﬁ", "fi", "0-1 0-1")]
    [InlineData("NFKD", "™x", "TMx", "0-1 0-1 1-2")]
    [InlineData("NFD", "a\u0301\u0323", "a\u0323\u0301", "0-1 1-2 1-2 2-3 2-3")]
    [InlineData("NFD", "각", "\u1100\u1161\u11A8", "0-1 0-1 0-1 0-1 0-1 0-1 0-1 0-1 0-1")]
    [InlineData("NFC", "\u1100\u1161\u11A8", "각", "0-1 0-1 0-1")]
    [InlineData("Lowercase", "Aİ😀B", "ai̇😀b", "0-1 1-2 1-2 1-2 2-4 2-4 2-4 2-4 4-5")]
    [InlineData("StripAccents", "e\u0304\u0304o", "eo", "0-1 3-4")]
    [InlineData("Nmt", "\u0001a\u200Bb\u007F", "a b", "1-2 2-3 3-4")]
    [InlineData("ByteLevel", " é", "ĠÃ©", "0-1 0-1 1-2 1-2 1-2 1-2")]
    public void Apply_Text_AsTheReference(string type, string text, string wanted, string offsets) =>
        Assert.Equal((wanted, offsets), Small.Normalize($$"""{"type": "{{type}}"}""", text));

    [Theory]
    [InlineData(true, true, " a ", "a", "1-2")]
    [InlineData(true, false, "\u3000a ", "a ", "1-2 2-3")]
    [InlineData(false, true, " a\n", " a", "0-1 1-2")]
    [InlineData(true, true, "  ", "", "")]
    public void Strip_Ends_GoWhereAsked(bool left, bool right, string text, string wanted, string offsets) => Assert.Equal(
        (wanted, offsets),
        Small.Normalize($$"""{"type": "Strip", "strip_left": {{Json(left)}}, "strip_right": {{Json(right)}}}""", text));

    [Theory]
    [InlineData("""{"String": "a"}""", "bc", "xay", "xbcy", "0-1 1-2 1-2 2-3")]
    [InlineData("""{"Regex": "[0-9]+"}""", "#", "a12b", "a#b", "0-1 2-3 3-4")]
    [InlineData("""{"Regex": " {2,}"}""", "▁", "a   b c", "a▁b c", "0-1 3-4 3-4 3-4 4-5 5-6 6-7")]
    [InlineData("""{"String": ""}""", "-", "ab", "-a-b-", "0-0 0-1 0-1 1-2 1-2")]
    [InlineData("""{"Regex": "x*"}""", "-", "", "", "")]
    public void Replace_Matches_ShareTheLastCharactersPart(string pattern, string content, string text, string wanted, string offsets) =>
        Assert.Equal((wanted, offsets), Small.Normalize($$"""{"type": "Replace", "pattern": {{pattern}}, "content": "{{content}}"}""", text));

    [Theory]
    [InlineData("▁", "ab", "▁ab", "0-1 0-1 0-1 0-1 1-2")]
    [InlineData("▁", "", "", "")]
    public void Prepend_Text_SharesTheFirstCharactersPart(string prepend, string text, string wanted, string offsets) =>
        Assert.Equal((wanted, offsets), Small.Normalize($$"""{"type": "Prepend", "prepend": "{{prepend}}"}""", text));

    [Theory]
    [InlineData(true, true, "null", true, "É\u0000 \t中a", "e  " + " 中 a", "0-1 2-3 3-4 4-5 4-5 4-5 4-5 4-5 5-6")]
    [InlineData(false, false, "true", false, "Éa\u0301", "Ea", "0-1 1-2")]
    [InlineData(false, false, "null", false, "É", "É", "0-1 0-1")]
    [InlineData(true, false, "false", true, "ÀÉ\u00AD\uFFFDß", "àéß", "0-1 0-1 1-2 1-2 4-5 4-5")]
    public void Bert_Options_DoWhatTheySay(bool clean, bool chinese, string accents, bool lower, string text, string wanted, string offsets)
    {
        var json = $$"""
            {"type": "BertNormalizer", "clean_text": {{Json(clean)}}, "handle_chinese_chars": {{Json(chinese)}},
             "strip_accents": {{accents}}, "lowercase": {{Json(lower)}}}
            """;

        Assert.Equal((wanted, offsets), Small.Normalize(json, text));
    }

    [Fact]
    public void Sequence_ThatDoublesTheTextAgainAndAgain_IsRefused()
    {
        var all = string.Join(',', Enumerable.Repeat("""{"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}""", 60));
        var tokenizer = Small.Make(Small.Words(), ("normalizer", $$"""{"type": "Sequence", "normalizers": [{{all}}]}"""));

        Assert.Throws<InvalidDataException>(() => tokenizer.Encode("a"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("/////w==")]
    public void Precompiled_MapThatIsCutOff_IsRefused(string map)
    {
        var thrown = Assert.Throws<InvalidDataException>(
            () => Small.Make(Small.Words(), ("normalizer", $$"""{"type": "Precompiled", "precompiled_charsmap": "{{map}}"}""")));

        Assert.Contains("Precompiled", thrown.Message, StringComparison.Ordinal);
    }

    private static string Json(bool value) => value ? "true" : "false";
}
