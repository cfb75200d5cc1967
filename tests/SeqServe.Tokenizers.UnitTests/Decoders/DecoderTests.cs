using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests.Decoders;

/// <summary>Decoders, at once and token by token.</summary>
public class DecoderTests
{
    private const string FuseThen = """{"type": "Sequence", "decoders": [{"type": "Fuse"}, """;

    [Theory]
    [InlineData("null", "a|b", "a b")]
    [InlineData("""{"type": "WordPiece", "prefix": "##", "cleanup": true}""", "do|##n|n't|,|##x", "donn't,x")]
    [InlineData("""{"type": "WordPiece", "prefix": "##", "cleanup": false}""", "a|##b|.|c", "ab . c")]
    [InlineData("""{"type": "BPEDecoder", "suffix": "</w>"}""", "a|b</w>|c</w>", "ab c")]
    [InlineData("""{"type": "ByteFallback"}""", "a|<0xC3>|<0xA9>|b|<0xFF>|<0x41>", "aéb��")]
    [InlineData("""{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true}""", "Ġa|Ã|©|Ã", " aé�")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always"}""", "▁a|▁b", "a b")]
    [InlineData("""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "never"}""", "▁a|▁b", " a b")]
    [InlineData("""{"type": "CTC", "pad_token": "<pad>", "word_delimiter_token": "|", "cleanup": true}""", "h|h|<pad>|h|i", "hhi")]
    [InlineData("""{"type": "Strip", "content": " ", "start": 1, "stop": 1}""", "  a  | ", " a ")]
    [InlineData("""{"type": "Strip", "content": "x", "start": 2, "stop": 9}""", "xxx", "")]
    [InlineData("""{"type": "Replace", "pattern": {"Regex": "[0-9]+"}, "content": "#"}""", "a1|2", "a##")]
    [InlineData(FuseThen + """{"type": "Replace", "pattern": {"String": "ab"}, "content": "-"}]}""", "a|b", "-")]
    [InlineData(FuseThen + """{"type": "Strip", "content": " ", "start": 2, "stop": 0}]}""", " | |  a", "  a")]
    [InlineData(FuseThen + """{"type": "WordPiece", "prefix": "##", "cleanup": true}]}""", "a| .", "a.")]
    [InlineData(FuseThen + """{"type": "ByteLevel"}]}""", "Ġ|Ã|©", " é")]
    [InlineData(FuseThen + """{"type": "ByteFallback"}]}""", "<0x|41>", "A")]
    [InlineData(FuseThen + """{"type": "CTC", "pad_token": "p", "word_delimiter_token": "-", "cleanup": false}]}""", "ap|ap", "aa")]
    public void Decode_Tokens_AsTheReferenceAndAsTokenByToken(string decoder, string tokens, string wanted)
    {
        var all = tokens.Split('|');
        var distinct = all.Distinct().ToArray();
        var tokenizer = Small.Make(Small.Words(distinct), ("decoder", decoder));
        var ids = Array.ConvertAll(all, t => 1 + Array.IndexOf(distinct, t));

        Assert.Equal(wanted, tokenizer.Decode(ids));
        Assert.Equal(wanted, string.Concat(Stream(tokenizer, ids, false)));
    }

    [Fact]
    public void Append_TokensOfOneCharacter_GivesItWhenItIsWhole()
    {
        var tokenizer = Small.Make(Small.Words("Ã", "©", "a"), ("decoder", """{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true}"""));

        Assert.Equal(["", "é", "a", ""], Stream(tokenizer, [1, 2, 3], false));
    }

    [Fact]
    public void Append_WithCleanUp_IsAsDecode()
    {
        string[] words = ["it", "'", "s", ".", "do", "n't", " ", "'m", "hello", "ve", "中", "n", "t", "?"];
        var tokenizer = Small.Make(Small.Words(words));
        var random = new Random(3);
        for (var i = 0; i < 500; i++)
        {
            int[] ids = [.. Enumerable.Range(0, random.Next(14)).Select(_ => 1 + random.Next(words.Length))];

            Assert.Equal(CleanUp(tokenizer.Decode(ids)), tokenizer.Decode(ids, cleanUpSpaces: true));
            Assert.Equal(CleanUp(tokenizer.Decode(ids)), string.Concat(Stream(tokenizer, ids, true)));
        }
    }

    [Fact]
    public void Decode_SpecialAndUnknownIds_AreLeftOut()
    {
        var tokenizer = Small.Make(
            Small.Words("a", "<s>"),
            ("added_tokens", """[{"id": 2, "content": "<s>", "special": true}]"""));

        Assert.Equal("a", tokenizer.Decode([2, 1, 77, -1]));
        Assert.Equal("<s> a", tokenizer.Decode([2, 1, 77, -1], skipSpecialTokens: false));
    }

    [Fact]
    public void Append_AfterTheEnd_IsRefused()
    {
        var decoder = Small.Make(Small.Words("a")).StartDecoding();
        decoder.Finish();

        Assert.Throws<InvalidOperationException>(() => decoder.Append(1));
        Assert.Throws<InvalidOperationException>(() => decoder.Finish());
    }

    [Fact]
    public void Decode_DecodersThatDoubleATokenAgainAndAgain_AreRefused()
    {
        var one = """{"type": "Replace", "pattern": {"String": "a"}, "content": "aa"}""";
        var tokenizer = Small.Make(Small.Words("a"), ("decoder", $$"""{"type": "Sequence", "decoders": [{{string.Join(',', Enumerable.Repeat(one, 60))}}]}"""));

        Assert.Throws<InvalidDataException>(() => tokenizer.Decode([1]));
    }

    private static List<string> Stream(Tokenizer tokenizer, int[] ids, bool cleanUp)
    {
        var decoder = tokenizer.StartDecoding(cleanUpSpaces: cleanUp);
        var parts = Array.ConvertAll(ids, decoder.Append).ToList();
        parts.Add(decoder.Finish());
        return parts;
    }

    // transformers' clean_up_tokenization.
    private static string CleanUp(string text)
    {
        foreach (var from in new[] { " .", " ?", " !", " ,", " ' ", " n't", " 'm", " 's", " 've", " 're" })
            text = text.Replace(from, from.Trim(), StringComparison.Ordinal);
        return text;
    }
}
