using System.Text.Json;
using System.Text.Json.Nodes;
using SeqServe.Tokenizers.Files;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests.Files;

/// <summary>What the converters make of a folder's files against the tokenizer.json that transformers made of them.</summary>
public sealed class FolderConverterTests
{
    [Theory]
    [InlineData("bert-sentiment")]
    [InlineData("bert-slots")]
    [InlineData("gpt2-stories")]
    [InlineData("roberta-emotions")]
    public void ToTokenizerJson_OwnFiles_AsTransformersWroteIt(string name)
    {
        var files = new FolderFiles(FolderFixture.Reader(name));
        var made = FolderConverter.ToTokenizerJson(files, TokenizerClasses.Find(files));
        var wanted = JsonNode.Parse(Fixture.Bytes($"models/{name}.tokenizer.json.gz"))!.AsObject();
        foreach (var part in wanted)
        {
            if (part.Key is not ("truncation" or "padding"))
                Assert.True(JsonNode.DeepEquals(part.Value, made[part.Key]), $"{part.Key}: {Short(made[part.Key])}\nis not {Short(part.Value)}");
        }
    }

    [Theory]
    [InlineData("bert-sentiment", "vocab.txt")]
    [InlineData("gpt2-stories", "vocab.json")]
    [InlineData("gpt2-stories", "merges.txt")]
    public void Open_FileIsMissing_IsNamed(string name, string file)
    {
        var error = Assert.Throws<InvalidDataException>(() => TokenizerFolder.Open(FolderFixture.Reader(name, new() { [file] = null })));

        Assert.Contains(file, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_EmptyFolder_SaysWhatIsMissing()
    {
        var error = Assert.Throws<InvalidDataException>(() => TokenizerFolder.Open(_ => null));

        Assert.Contains("tokenizer.json", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_UnknownClass_IsNamed()
    {
        var config = JsonSerializer.SerializeToUtf8Bytes(new { tokenizer_class = "JukeboxTokenizer" });

        var error = Assert.Throws<InvalidDataException>(() => TokenizerFolder.Open(file => file == "tokenizer_config.json" ? config : null));

        Assert.Contains("JukeboxTokenizer", error.Message, StringComparison.Ordinal);
    }

    private static string Short(JsonNode? node) => node?.ToJsonString() is { } text ? text[..Math.Min(text.Length, 600)] : "null";
}
