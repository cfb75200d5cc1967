using System.Text;
using SeqServe.Tokenizers.Files;

namespace SeqServe.Tokenizers.UnitTests.Files;

public sealed class SpecialTokensTests
{
    [Fact]
    public void Require_NothingNamed_IsTheClassesOwn() => Assert.Equal("[CLS]", Read().Require("cls_token"));

    [Fact]
    public void Require_NamedInTheMap_IsThat() =>
        Assert.Equal("<c>", Read(("special_tokens_map.json", """{"cls_token": {"content": "<c>", "lstrip": true}}""")).Require("cls_token"));

    [Fact]
    public void Find_NullInTheConfiguration_IsNone() =>
        Assert.Null(Read(("tokenizer_config.json", """{"mask_token": null}""")).Find("mask_token"));

    [Fact]
    public void Added_OlderFile_TakesSpecialOnesFromTheMap()
    {
        var special = Read(
            ("special_tokens_map.json", """{"additional_special_tokens": ["<x>"]}"""), ("added_tokens.json", """{"<x>": 7, "<y>": 8}"""));

        Assert.Equal([7, 8], special.Added.Keys);
        Assert.True(special.Added[7].Special);
        Assert.False(special.Added[8].Special);
    }

    [Fact]
    public void Added_Decoder_HidesTheOlderFile()
    {
        var special = Read(
            ("tokenizer_config.json", """{"added_tokens_decoder": {"5": {"content": "<z>", "special": true}}}"""), ("added_tokens.json", """{"<y>": 8}"""));

        Assert.Equal([5], special.Added.Keys);
    }

    [Theory]
    [InlineData("""{"added_tokens_decoder": {"x": {"content": "<z>"}}}""")]
    [InlineData("""{"added_tokens_decoder": {"1": {"text": "<z>"}}}""")]
    [InlineData("""{"cls_token": 3}""")]
    [InlineData("""[]""")]
    [InlineData("""{""")]
    public void Constructor_DamagedConfiguration_IsAnError(string config) =>
        Assert.Throws<InvalidDataException>(() => Read(("tokenizer_config.json", config)));

    private static SpecialTokens Read(params (string Name, string Content)[] files)
    {
        var folder = files.ToDictionary(f => f.Name, f => Encoding.UTF8.GetBytes(f.Content));
        return new SpecialTokens(new FolderFiles(folder.GetValueOrDefault), RoleDefaults.Bert);
    }
}
