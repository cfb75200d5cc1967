using System.Text;
using SeqServe.Core.Tokenization;
using SeqServe.Tokenizers;

namespace SeqServe.UnitTests.Core.Tokenization;

public class HuggingFaceTokenizerTests
{
    [Fact]
    public void Encode_ATextThatTheVocabularyCannotSpell_IsRefusedForItsSender()
    {
        var tokens = Open(unknown: "<none>").Encode("a z", 8);

        Assert.Empty(tokens.Ids);
        Assert.StartsWith("The tokenizer of this model cannot encode the text.", tokens.Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_NothingButSpace_IsEmptyThoughSpecialTokensWouldBeAdded() => Assert.Empty(Open().Encode("  ", 8).Ids);

    [Fact]
    public void Encode_MoreThanTheLimit_KeepsTheSpecialTokensAndSaysSo()
    {
        var tokens = Open().Encode("a b a b", 4);

        Assert.Equal([2, 0, 1, 2], tokens.Ids);
        Assert.True(tokens.Truncated);
    }

    [Fact]
    public void Encode_CutAtTheLeft_KeepsTheEnd() => Assert.Equal([2, 1, 1, 2], Open(TruncationSide.Left).Encode("a a b b", 4).Ids);

    [Fact]
    public void EncodePair_TwoTexts_AreToldApartByTheirTypes()
    {
        var tokens = Open().EncodePair("a", "b", 8);

        Assert.Equal([2, 0, 2, 1, 2], tokens.Ids);
        Assert.Equal([0, 0, 0, 1, 1], tokens.TypeIds);
    }

    [Theory]
    [InlineData("a b", 1, false)]
    [InlineData("a,b", 1, true)]
    public void ContinuesWord_WithoutMarksInTheVocabulary_GoesByTheSpace(string text, int token, bool expected)
    {
        var tokenizer = Open();
        var encoding = tokenizer.EncodeWithOffsets(text, 8, out _)!;

        // The begin token stands before the first.
        Assert.Equal(expected, tokenizer.ContinuesWord(text, encoding, token + 1));
    }

    [Theory]
    [InlineData(false, "b a")]
    [InlineData(true, " b a")]
    public void NewDetokenizer_TokensBehindAText_KeepTheSpaceOfTheirFirstWord(bool continuesText, string expected)
    {
        var tokenizer = new HuggingFaceTokenizer(
            Tokenizer.FromJson("""
                {
                  "decoder": { "type": "Sequence", "decoders": [
                    { "type": "Replace", "pattern": { "String": "▁" }, "content": " " }, { "type": "Fuse" },
                    { "type": "Strip", "content": " ", "start": 1, "stop": 0 }
                  ] },
                  "model": { "type": "WordLevel", "unk_token": "?", "vocab": { "a": 0, "▁b": 1, "▁a": 2, "?": 3 } }
                }
                """u8.ToArray()),
            TruncationSide.Right);

        var detokenizer = tokenizer.NewDetokenizer(continuesText);
        var text = detokenizer.Append(1) + detokenizer.Append(2) + detokenizer.Finish();

        Assert.Equal(expected, text);
    }

    [Theory]
    [InlineData("{ \"clean_up_tokenization_spaces\": true }", "I don't, b.")]
    [InlineData("{ \"clean_up_tokenization_spaces\": false }", "I do n't , b .")]
    [InlineData("{ \"clean_up_tokenization_spaces\": null }", "I do n't , b .")]
    [InlineData("{}", "I do n't , b .")]
    [InlineData(null, "I do n't , b .")]
    public void Decode_TheFoldersSettings_SayWhetherSpacesAreTakenOff(string? config, string expected)
    {
        var files = new Files(new Dictionary<string, string?>
        {
            ["tokenizer.json"] = """
                { "model": { "type": "WordLevel", "unk_token": "?", "vocab": { "I": 0, "do": 1, "n't": 2, ",": 3, "b": 4, ".": 5, "?": 6 } } }
                """,
            ["tokenizer_config.json"] = config,
        });

        var tokenizer = new HuggingFaceTokenizerKind().Open(files, new TokenizerManifest { Type = "huggingface", File = "tokenizer.json" });
        var detokenizer = tokenizer.NewDetokenizer();
        int[] ids = [0, 1, 2, 3, 4, 5];

        Assert.Equal(expected, tokenizer.Decode(ids));
        Assert.Equal(expected, string.Concat(ids.Select(detokenizer.Append)) + detokenizer.Finish());
    }

    private static HuggingFaceTokenizer Open(TruncationSide side = TruncationSide.Right, string unknown = "?") => new(
        Tokenizer.FromJson(Encoding.UTF8.GetBytes($$"""
            {
              "pre_tokenizer": { "type": "Whitespace" },
              "post_processor": { "type": "BertProcessing", "sep": ["|", 2], "cls": ["|", 2] },
              "model": { "type": "WordLevel", "unk_token": "{{unknown}}", "vocab": { "a": 0, "b": 1, "|": 2, ",": 3, "?": 4 } }
            }
            """)),
        side);

    private sealed class Files(Dictionary<string, string?> texts) : ITokenizerFiles
    {
        public byte[] Read(string file) => Find(file)!;

        public byte[]? Find(string file) => texts.GetValueOrDefault(file) is { } text ? Encoding.UTF8.GetBytes(text) : null;
    }
}
