using System.Text.Json;
using System.Text.Json.Nodes;
using SeqServe.Tokenizers.Files;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests.Files;

/// <summary>Tokenizers made of a SentencePiece model, with Marian's as the model: what is around its pieces, and that each of them encodes.</summary>
public sealed class SentencePieceFolderTests
{
    private static readonly byte[] s_model = FolderFixture.Reader("marian-en-fr")("source.spm")!;

    public static TheoryData<string> Classes => [.. SentencePieceClass.All.Keys];

    [Theory]
    [MemberData(nameof(Classes))]
    public void Open_EachClass_EncodesAndDecodes(string name)
    {
        var tokenizer = TokenizerFolder.Open(Reader(new { tokenizer_class = name }));
        var ids = tokenizer.Encode("He went to the world.").Ids;

        Assert.Contains("went", tokenizer.Decode(ids), StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("XLMRobertaTokenizer", "<s>,<pad>,</s>,<unk>", "<mask>", 3)]
    [InlineData("CamembertTokenizer", "<s>NOTUSED,<pad>,</s>NOTUSED,<unk>,<unk>NOTUSED", "<mask>", 3)]
    [InlineData("MBart50Tokenizer", "<s>,<pad>,</s>,<unk>", "<mask>", 3)]
    [InlineData("T5Tokenizer", "<unk>,<s>,</s>", "<extra_id_0>", 0)]
    [InlineData("PegasusTokenizer", "<pad>,</s>,<mask_1>,<mask_2>,<unk_2>", null, 103)]
    [InlineData("LlamaTokenizer", "<unk>", null, 0)]
    [InlineData("GemmaTokenizer", "<pad>,<eos>,<bos>", null, 3)]
    public void ToTokenizerJson_Vocabulary_HasTheClassesTokens(string name, string first, string? last, int unknown)
    {
        var model = Convert(new { tokenizer_class = name })["model"]!;
        var tokens = model["vocab"]!.AsArray().Select(entry => entry![0]!.GetValue<string>()).ToArray();

        Assert.Equal(first.Split(','), tokens[..first.Split(',').Length]);
        if (last is not null)
            Assert.Equal(last, tokens[^1]);
        Assert.Equal(unknown, model["unk_id"]!.GetValue<int>());
    }

    [Fact]
    public void ToTokenizerJson_NllbWithoutCodes_AddsThemAndPutsTheSourceFirst()
    {
        var json = Convert(new { tokenizer_class = "NllbTokenizerFast", src_lang = "fra_Latn" });
        var added = json["added_tokens"]!.AsArray().Select(t => t!["content"]!.GetValue<string>()).ToArray();

        Assert.Equal(202, added.Count(t => t.Length == 8 && t[3] == '_'));
        Assert.Equal("fra_Latn", json["post_processor"]!["single"]![0]!["SpecialToken"]!["id"]!.GetValue<string>());
    }

    [Theory]
    [InlineData(null, "Sequence", null, "always")]
    [InlineData(true, "Sequence", null, "always")]
    [InlineData(false, null, "Metaspace", "first")]
    public void ToTokenizerJson_Llama_FollowsLegacy(bool? legacy, string? normalizer, string? preTokenizer, string scheme)
    {
        var json = Convert(legacy is null ? new { tokenizer_class = "LlamaTokenizer" } : new { tokenizer_class = "LlamaTokenizer", legacy });

        Assert.Equal(normalizer, json["normalizer"]?["type"]!.GetValue<string>());
        Assert.Equal(preTokenizer, json["pre_tokenizer"]?["type"]!.GetValue<string>());
        if (preTokenizer is not null)
            Assert.Equal(scheme, json["pre_tokenizer"]!["prepend_scheme"]!.GetValue<string>());
        Assert.Equal("<s>", json["post_processor"]!["single"]![0]!["SpecialToken"]!["id"]!.GetValue<string>());
    }

    [Fact]
    public void ToTokenizerJson_AddedTokensDecoder_IsKeptAsItIs()
    {
        var json = Convert(new
        {
            tokenizer_class = "T5Tokenizer",
            extra_ids = 0,
            additional_special_tokens = Array.Empty<string>(),
            added_tokens_decoder = new Dictionary<string, object>
            {
                ["9000"] = new { content = "<new>", lstrip = true, rstrip = false, normalized = false, special = false, single_word = true },
            },
        });
        var added = json["added_tokens"]!.AsArray().Single(t => t!["content"]!.GetValue<string>() == "<new>")!;

        Assert.True(added["lstrip"]!.GetValue<bool>());
        Assert.True(added["single_word"]!.GetValue<bool>());
        Assert.False(added["special"]!.GetValue<bool>());
    }

    [Fact]
    public void Open_ModelIsMissing_IsNamed()
    {
        var config = JsonSerializer.SerializeToUtf8Bytes(new { tokenizer_class = "XLMRobertaTokenizer" });

        var error = Assert.Throws<InvalidDataException>(() => TokenizerFolder.Open(file => file == "tokenizer_config.json" ? config : null));

        Assert.Contains("sentencepiece.bpe.model", error.Message, StringComparison.Ordinal);
    }

    private static JsonObject Convert(object config)
    {
        var files = new FolderFiles(Reader(config));
        return FolderConverter.ToTokenizerJson(files, TokenizerClasses.Find(files));
    }

    private static Func<string, byte[]?> Reader(object config) => file => file switch
    {
        "tokenizer_config.json" => JsonSerializer.SerializeToUtf8Bytes(config),
        _ => file.EndsWith(".model", StringComparison.Ordinal) ? s_model : null,
    };
}
