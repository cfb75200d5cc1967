using System.Text;
using System.Text.Json;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests.Files;

public sealed class MarianTests
{
    private const string Name = "marian-en-fr";

    private static readonly Lazy<Tokenizer> s_tokenizer = new(() => TokenizerFolder.Open(FolderFixture.Reader(Name)));

    [Fact]
    public void EachText_OfTheFixture_AsTransformersHasIt()
    {
        var texts = Fixture.Texts("expected/texts.json");
        var expected = Fixture.Json($"expected/{Name}.tokens.json.gz").EnumerateArray().ToArray();
        var wrong = new List<string>();
        foreach (var (text, wanted) in texts.Zip(expected))
        {
            var bare = s_tokenizer.Value.Encode(text, new EncodeOptions { AddSpecialTokens = false });
            Same("ids", s_tokenizer.Value.Encode(text).Ids);
            Same("bare", bare.Ids);
            Same(wanted.TryGetProperty("cut", out _) ? "cut" : "ids", s_tokenizer.Value.Encode(text, new EncodeOptions { MaxLength = 128 }).Ids);
            var decoded = s_tokenizer.Value.Decode(bare.Ids);
            if (decoded != wanted.GetProperty("decoded").GetString())
                wrong.Add($"{JsonSerializer.Serialize(text)} decoded: {wanted.GetProperty("decoded").GetRawText()}, not {JsonSerializer.Serialize(decoded)}");

            void Same(string what, ReadOnlySpan<int> ids)
            {
                if (!Fixture.Numbers(wanted.GetProperty(what)).AsSpan().SequenceEqual(ids))
                    wrong.Add($"{text} {what}: {wanted.GetProperty(what).GetRawText()}, not {JsonSerializer.Serialize(ids.ToArray())}");
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} differences\n" + string.Join('\n', wrong.Take(10)));
        Assert.Equal(expected.Length, texts.Length);
    }

    [Theory]
    [InlineData("Hello world", "▁He[0,2) ll[2,4) o[4,5) ▁world[5,11)")]
    [InlineData("  Hello   world  ", "▁He[2,4) ll[4,6) o[6,7) ▁world[7,15)")]
    [InlineData("a😀b", "▁a[0,1) <unk>[1,3) b[3,4)")]
    [InlineData("ﬁne", "▁fine[0,3)")]
    [InlineData("<unk> a", "<unk>[0,5) ▁a[6,7)")]
    public void Encode_Text_OffsetsAreInTheClientsText(string text, string expected) => Assert.Equal(expected, Tokens(s_tokenizer.Value, text));

    [Fact]
    public void Encode_LanguageCode_IsOneTokenBeforeTheText()
    {
        var vocabulary = JsonSerializer.Deserialize<Dictionary<string, int>>(FolderFixture.Reader(Name)("vocab.json"))!;
        vocabulary[">>fra<<"] = vocabulary.Count;
        var tokenizer = TokenizerFolder.Open(FolderFixture.Reader(Name, new() { ["vocab.json"] = JsonSerializer.SerializeToUtf8Bytes(vocabulary) }));

        Assert.Equal(">>fra<<[0,7) ▁He[8,10) ll[10,12) o[12,13)", Tokens(tokenizer, ">>fra<< Hello"));
        Assert.Equal("<unk>[0,7)", Tokens(tokenizer, ">>deu<<"));
        Assert.Equal("▁[0,0) <unk>[0,2) f[2,3) r[3,4) a[4,5)", Tokens(tokenizer, ">>fra"));
    }

    [Fact]
    public void Decode_WithSpecialTokens_EndsEachPart()
    {
        var ids = s_tokenizer.Value.Encode("Hello world").Ids;

        Assert.Equal("Hello world</s>", s_tokenizer.Value.Decode(ids, skipSpecialTokens: false));
        Assert.Equal("Hello world</s> Hello world</s>", s_tokenizer.Value.Decode([.. ids, .. ids], skipSpecialTokens: false));
    }

    [Theory]
    [InlineData("vocab.json")]
    [InlineData("source.spm")]
    [InlineData("target.spm")]
    public void Open_FileIsMissing_IsNamed(string file)
    {
        var error = Assert.Throws<InvalidDataException>(() => TokenizerFolder.Open(FolderFixture.Reader(Name, new() { [file] = null })));

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_CutOffModel_IsAnError()
    {
        var whole = FolderFixture.Reader(Name)("source.spm")!;
        foreach (var length in new[] { 0, 1, 2, 100, whole.Length / 2, whole.Length - 1 })
            Assert.Throws<InvalidDataException>(() => TokenizerFolder.Open(FolderFixture.Reader(Name, new() { ["source.spm"] = whole[..length] })));
    }

    [Fact]
    public void Open_NoModelAtAll_IsAnError()
    {
        var page = Encoding.UTF8.GetBytes("<html>not found</html>");

        Assert.Throws<InvalidDataException>(() => TokenizerFolder.Open(FolderFixture.Reader(Name, new() { ["source.spm"] = page })));
    }

    private static string Tokens(Tokenizer tokenizer, string text)
    {
        var encoding = tokenizer.Encode(text, new EncodeOptions { AddSpecialTokens = false });
        return string.Join(' ', Enumerable.Range(0, encoding.Count).Select(
            i => $"{tokenizer.TokenOf(encoding.Ids[i])}[{encoding.Offsets[i].Start},{encoding.Offsets[i].End})"));
    }
}
