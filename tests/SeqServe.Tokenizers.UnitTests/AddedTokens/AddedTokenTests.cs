using System.Text.Json.Nodes;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests.AddedTokens;

/// <summary>Tokens that are found in the text itself.</summary>
public class AddedTokenTests
{
    private const string Words = """{"type": "WhitespaceSplit"}""";

    [Theory]
    [InlineData("{}", "a <x> b", "a|<x>|b")]
    [InlineData("""{"lstrip": true}""", "a  <x> b", "a|  <x>|b")]
    [InlineData("""{"rstrip": true}""", "a <x>\n b", "a|<x>\n |b")]
    [InlineData("""{"lstrip": true, "rstrip": true}""", "<x> <x>", "<x> |<x>")]
    [InlineData("""{"single_word": true}""", "a<x> <x>é (<x>)", "a<x>|<x>é|(|<x>|)")]
    [InlineData("{}", "<x<x>", "<x|<x>")]
    [InlineData("{}", "<X>", "<X>")]
    public void Encode_TokenInTheText_TakesWhatItsFlagsSay(string flags, string text, string pieces)
    {
        var tokenizer = Make(("pre_tokenizer", Words), Token("<x>", flags));

        var offsets = tokenizer.Encode(text).Offsets.ToArray();

        Assert.Equal(pieces.Split('|'), offsets.Select(o => text[o.Start..o.End]));
    }

    [Fact]
    public void Encode_NormalizedToken_IsFoundInTheNormalizedText()
    {
        var tokenizer = Make(("normalizer", """{"type": "Lowercase"}"""), Token("Ab", """{"normalized": true}"""));

        Assert.Equal([tokenizer.IdOf("Ab")!.Value, 0], tokenizer.Encode("aBc").Ids.ToArray());
    }

    [Fact]
    public void Encode_OneTokenWithinAnother_TakesTheLongest()
    {
        var tokenizer = Small.Make(Small.Words(), ("added_tokens", $"[{Json("token_a", "{}")}, {Json("token_abc", "{}")}, {Json("ab", "{}")}]"));

        Assert.Equal([2, 1, 0], tokenizer.Encode("token_abctoken_abx").Ids.ToArray());
    }

    [Fact]
    public void AddedTokens_Ids_AreTheModelsOrFollowIt()
    {
        string[] tokens = [Json("new", """{"id": 900}"""), Json("a", """{"special": true}"""), Json("other", "{}")];
        var tokenizer = Small.Make(Small.Words("a"), ("added_tokens", $"[{string.Join(',', tokens)}]"));

        Assert.Equal([("a", 1), ("new", 2), ("other", 3)], tokenizer.AddedTokens.Select(t => (t.Content, t.Id)));
        Assert.Equal(4, tokenizer.VocabularySize);
        Assert.True(tokenizer.IsSpecial("a"));
        Assert.False(tokenizer.IsSpecial("new"));
        Assert.Equal("new", tokenizer.TokenOf(2));
        Assert.Null(tokenizer.TokenOf(900));
    }

    [Fact]
    public void AddedTokens_TooLong_AreRefused() =>
        Assert.Throws<InvalidDataException>(() => Small.Make(Small.Words(), ("added_tokens", $"[{Json(new string('a', 5000), "{}")}]")));

    private static Tokenizer Make((string, string) part, (string, string) token) => Small.Make(Small.Words(), part, token);

    private static (string, string) Token(string content, string flags) => ("added_tokens", $"[{Json(content, flags)}]");

    private static string Json(string content, string flags)
    {
        var token = new JsonObject
        {
            ["id"] = 1,
            ["content"] = content,
            ["single_word"] = false,
            ["lstrip"] = false,
            ["rstrip"] = false,
            ["normalized"] = false,
            ["special"] = false,
        };
        foreach (var (name, value) in JsonNode.Parse(flags)!.AsObject())
            token[name] = value!.DeepClone();
        return token.ToJsonString();
    }
}
