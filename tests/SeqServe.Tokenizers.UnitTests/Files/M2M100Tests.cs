using System.Text.Json;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests.Files;

/// <summary>M2M100's class over Marian's pieces and vocabulary.</summary>
public sealed class M2M100Tests
{
    [Fact]
    public void Encode_Text_HasTheSourceLanguageBeforeAndTheEndBehind()
    {
        var tokenizer = TokenizerFolder.Open(Reader(new { tokenizer_class = "M2M100Tokenizer", src_lang = "am" }));
        var ids = tokenizer.Encode("Hello world").Ids.ToArray();

        Assert.Equal("__am__ ▁He ll o ▁world </s>", string.Join(' ', ids.Select(tokenizer.TokenOf)));
        Assert.Equal(2805 + 1, ids[0]);
        Assert.Equal("Hello world", tokenizer.Decode(ids));
        Assert.Equal("__am__Hello world</s>", tokenizer.Decode(ids, skipSpecialTokens: false));
        Assert.Equal(2805 + 18, tokenizer.IdOf("__en__"));
    }

    [Fact]
    public void Open_UnknownLanguage_IsNamed()
    {
        var error = Assert.Throws<InvalidDataException>(() => TokenizerFolder.Open(Reader(new { tokenizer_class = "M2M100Tokenizer", src_lang = "xx" })));

        Assert.Contains("'xx'", error.Message, StringComparison.Ordinal);
    }

    private static Func<string, byte[]?> Reader(object config) => file => file switch
    {
        "tokenizer_config.json" => JsonSerializer.SerializeToUtf8Bytes(config),
        "sentencepiece.bpe.model" => FolderFixture.Reader("marian-en-fr")("source.spm"),
        "vocab.json" => FolderFixture.Reader("marian-en-fr")("vocab.json"),
        _ => null,
    };
}
