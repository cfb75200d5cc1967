using System.Text.Json;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests.Files;

/// <summary>tokenizer_config.json beside a tokenizer.json.</summary>
public sealed class ClassSettingsTests
{
    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"tokenizer_class": "BertTokenizer", "do_lower_case": true}""", true)]
    [InlineData("""{"tokenizer_class": "PreTrainedTokenizerFast", "do_lower_case": false}""", true)]
    [InlineData("""{"tokenizer_class": "BertTokenizerFast", "do_lower_case": false}""", false)]
    public void Open_LowerCase_IsTheConfigurations(string config, bool expected) =>
        Assert.Equal(expected, Tokens("bert-sentiment", config, "HELLO") == Tokens("bert-sentiment", config, "hello"));

    [Theory]
    [InlineData("{}", "<s> t he")]
    [InlineData("""{"tokenizer_class": "LlamaTokenizer", "add_bos_token": false}""", "t he")]
    [InlineData("""{"tokenizer_class": "LlamaTokenizerFast", "add_bos_token": true, "add_eos_token": true}""", "<s> t he </s>")]
    [InlineData("""{"tokenizer_class": "PreTrainedTokenizerFast", "add_eos_token": true}""", "<s> t he")]
    public void Open_TokensAroundTexts_AreTheConfigurations(string config, string expected) => Assert.Equal(expected, Tokens("llama-stories", config, "the"));

    [Theory]
    [InlineData("{}", "eng_Latn")]
    [InlineData("""{"tokenizer_class": "NllbTokenizer", "src_lang": "fra_Latn"}""", "fra_Latn")]
    public void Open_SourceLanguage_IsTheConfigurations(string config, string expected) =>
        Assert.StartsWith(expected, Tokens("nllb-en-fr-de", config, "the"), StringComparison.Ordinal);

    [Fact]
    public void Open_AddedTokenThatTheFileLacks_IsAdded()
    {
        const string Config = """
            {"added_tokens_decoder": {"99999":
                {"content": "<new>", "special": false, "lstrip": false, "rstrip": false, "normalized": false, "single_word": false}}}
            """;

        Assert.Equal("[CLS] a <new> [SEP]", Tokens("bert-sentiment", Config, "a<new>"));
    }

    [Fact]
    public void Open_FixtureFolders_StayAsTheyAre()
    {
        foreach (var name in new[] { "bert-sentiment", "bert-slots", "gpt2-stories", "roberta-emotions" })
        {
            var json = Fixture.Bytes($"models/{name}.tokenizer.json.gz");
            var folder = TokenizerFolder.Open(FolderFixture.Reader(name, new() { ["tokenizer.json"] = json }));
            var alone = Tokenizer.FromJson(json);
            foreach (var text in Fixture.Texts("expected/texts.json"))
                Assert.Equal(alone.Encode(text).Ids, folder.Encode(text).Ids);
        }
    }

    private static string Tokens(string name, string config, string text)
    {
        var tokenizer = TokenizerFolder.Open(file => file switch
        {
            "tokenizer.json" => Fixture.Bytes($"models/{name}.tokenizer.json.gz"),
            "tokenizer_config.json" => JsonSerializer.SerializeToUtf8Bytes(JsonSerializer.Deserialize<JsonElement>(config)),
            _ => null,
        });
        return string.Join(' ', tokenizer.Encode(text).Ids.ToArray().Select(tokenizer.TokenOf));
    }
}
