using System.Text.Json;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests.PreTokenizers;

/// <summary>The pieces that pre-tokenizers make, as the reference makes them.</summary>
public class PreTokenizerTests
{
    [Theory]
    [InlineData("Removed", "the|final|countdown")]
    [InlineData("Isolated", "the|-|final|-|-|countdown")]
    [InlineData("MergedWithPrevious", "the-|final-|-|countdown")]
    [InlineData("MergedWithNext", "the|-final|-|-countdown")]
    [InlineData("Contiguous", "the|-|final|--|countdown")]
    public void Split_Behavior_DecidesOnTheDelimiter(string behavior, string pieces) => Assert.Equal(
        pieces.Split('|'),
        Small.Pieces($$"""{"type": "Split", "pattern": {"String": "-"}, "behavior": "{{behavior}}", "invert": false}""", "the-final--countdown"));

    [Theory]
    [InlineData("Removed", "a b1-", "a|b|1")]
    [InlineData("MergedWithNext", "ab1 -", "a|b|1| -")]
    public void Split_Inverted_KeepsWhatMatches(string behavior, string text, string pieces) => Assert.Equal(
        pieces.Split('|'),
        Small.Pieces($$"""{"type": "Split", "pattern": {"Regex": "\\w"}, "behavior": "{{behavior}}", "invert": true}""", text));

    [Theory]
    [InlineData("""{"type": "BertPreTokenizer"}""", "Hé, $5\u3000a_b", "Hé|,|$|5|a|_|b")]
    [InlineData("""{"type": "Whitespace"}""", "Hé, ($5)\ta_b", "Hé|,|($|5|)|a_b")]
    [InlineData("""{"type": "WhitespaceSplit"}""", " a,b \u2028c", "a,b|c")]
    [InlineData("""{"type": "Punctuation"}""", "a,b。c", "a|,|b|。|c")]
    [InlineData("""{"type": "Digits", "individual_digits": true}""", "a12½b", "a|1|2|½|b")]
    [InlineData("""{"type": "Digits", "individual_digits": false}""", "a12½b", "a|12½|b")]
    [InlineData("""{"type": "CharDelimiterSplit", "delimiter": "😀"}""", "a😀😀b", "a|b")]
    [InlineData("""{"type": "FixedLength", "length": 2}""", "a😀b", "a😀|b")]
    [InlineData("""{"type": "FixedLength"}""", "abcdefg", "abcde|fg")]
    [InlineData("""{"type": "UnicodeScripts"}""", "ab どこで生れ Да", "ab |どこで生れ |Да")]
    [InlineData("""{"type": "UnicodeScripts"}""", "  ", "")]
    [InlineData("""{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true}""", "I'm  é12 !?\n", "I|'m| | é|12| !?|\n")]
    [InlineData("""{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}""", "a b", "a b")]
    [InlineData("""{"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Punctuation"}]}""", "a-b c", "a|-|b|c")]
    public void Apply_Text_AsTheReference(string json, string text, string pieces) =>
        Assert.Equal(pieces.Split('|', StringSplitOptions.RemoveEmptyEntries), Small.Pieces(json, text));

    [Theory]
    [InlineData("always", true, "a  b", "▁a|▁|▁b")]
    [InlineData("never", true, "a b", "a|▁b")]
    [InlineData("first", true, " a b", "▁a|▁b")]
    [InlineData("always", false, "a b", "▁a▁b")]
    public void Metaspace_Scheme_DecidesOnTheFirstCharacter(string scheme, bool split, string text, string words)
    {
        var wanted = words.Split('|');
        var json = $$"""{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "{{scheme}}", "split": {{(split ? "true" : "false")}}}""";

        var encoding = Small.Make(Small.Words(wanted.Distinct().ToArray()), ("pre_tokenizer", json)).Encode(text);

        Assert.Equal(Array.ConvertAll(wanted, w => 1 + Array.IndexOf(wanted.Distinct().ToArray(), w)), encoding.Ids.ToArray());
    }

    [Fact]
    public void Metaspace_FirstAfterAnAddedToken_IsNotPutThere()
    {
        var tokenizer = Small.Make(
            Small.Words("▁a", "a", "<x>"),
            ("pre_tokenizer", """{"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first", "split": true}"""),
            ("added_tokens", """[{"id": 3, "content": "<x>", "special": true}]"""));

        Assert.Equal([1, 3, 2], tokenizer.Encode("a<x>a").Ids.ToArray());
    }

    [Theory]
    [InlineData(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    [InlineData(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    [InlineData(@"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+")]
    public void Split_ExpressionThatIsDoneByHand_CutsAsTheExpression(string expression)
    {
        // A group around it is the same expression, but not one that is known.
        var byHand = Json(expression);
        var general = Json($"(?:{expression})");
        string[] parts = ["a", "É", "1", "½", "'", "s", "LL", "ſ", " ", " ", "\n", "\r", "\t", "\u3000", "!", "😀", "中", "\u0301", "-"];
        var random = new Random(7);
        for (var i = 0; i < 2000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => parts[random.Next(parts.Length)]));

            Assert.Equal(general.Encode(text).Offsets.ToArray(), byHand.Encode(text).Offsets.ToArray());
        }

        static Tokenizer Json(string expression) => Small.Make(Small.Words(), ("pre_tokenizer", $$"""
            {"type": "Split", "pattern": {"Regex": {{JsonSerializer.Serialize(expression)}}}, "behavior": "Isolated", "invert": false}
            """));
    }
}
