using System.Text;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests;

/// <summary>What a tokenizer.json asks for and is not known is refused by its name.</summary>
public class TokenizerReaderTests
{
    private const string Template = """
        {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "X", "type_id": 0}}], "pair": [], "special_tokens": {}}
        """;

    [Theory]
    [InlineData("normalizer", """{"type": "Foo"}""", "normalizer 'Foo' is not supported")]
    [InlineData("normalizer", "{}", "normalizer says no type")]
    [InlineData("normalizer", "[]", "normalizer is no object")]
    [InlineData("normalizer", """{"type": "Strip", "strip_left": true}""", "normalizer 'Strip' has no 'strip_right'")]
    [InlineData("normalizer", """{"type": "Strip", "strip_left": 1, "strip_right": true}""", "'strip_left' that is neither")]
    [InlineData("normalizer", """{"type": "Sequence", "normalizers": [{"type": "Bar"}]}""", "'Bar' is not supported")]
    [InlineData("normalizer", """{"type": "Replace", "pattern": {"Regex": "(a)\\1"}, "content": ""}""", "normalizer 'Replace' cannot be used")]
    [InlineData("pre_tokenizer", """{"type": "Foo"}""", "pre-tokenizer 'Foo' is not supported")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"String": "a"}, "behavior": "Eaten", "invert": false}""", "'behavior' 'Eaten'")]
    [InlineData("pre_tokenizer", """{"type": "Split", "pattern": {"Glob": "a"}, "behavior": "Removed", "invert": false}""", "neither a 'String' nor a 'Regex'")]
    [InlineData("pre_tokenizer", """{"type": "CharDelimiterSplit", "delimiter": "ab"}""", "not one character")]
    [InlineData("pre_tokenizer", """{"type": "FixedLength", "length": 0}""", "'length' of 0")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "▁", "add_prefix_space": false, "prepend_scheme": "always"}""", "contradicts")]
    [InlineData("post_processor", """{"type": "Foo"}""", "post-processor 'Foo' is not supported")]
    [InlineData("post_processor", """{"type": "BertProcessing", "sep": ["a"], "cls": ["b", 1]}""", "'sep' that is no token")]
    [InlineData("post_processor", Template, "special token 'X'")]
    [InlineData("decoder", """{"type": "Foo"}""", "decoder 'Foo' is not supported")]
    [InlineData("decoder", """{"type": "Strip", "content": "a", "start": -1, "stop": 0}""", "'start' that is no number")]
    [InlineData("added_tokens", """[{"id": 1}]""", "added token has no 'content'")]
    [InlineData("truncation", """{"max_length": 3, "strategy": "Never", "stride": 0}""", "truncation has the 'strategy' 'Never'")]
    [InlineData("version", "\"2.0\"", "version '2.0'")]
    public void FromJson_PartThatIsNotKnown_NamesIt(string role, string part, string message)
    {
        var thrown = Assert.Throws<InvalidDataException>(() => Small.Make(Small.Words(), (role, part)));

        Assert.Contains(message, thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"model": 3}""")]
    [InlineData("""{"model": {"type": "Foo"}}""")]
    [InlineData("""{"model": {"type": "WordLevel", "vocab": {"\ud800": 0}, "unk_token": "?"}}""")]
    [InlineData("""{"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "\ud800"}}""")]
    [InlineData("""{"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}, "normalizer": {"type": "Prepend", "prepend": "\udc00"}}""")]
    [InlineData("""{"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}, "normalizer": {"type": "\ud800"}}""")]
    [InlineData("""{"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}, "added_tokens": [{"content": "\ud800"}]}""")]
    [InlineData("""{"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}, "added_tokens": 3}""")]
    [InlineData("""{"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}, "version": 1}""")]
    public void FromJson_NoTokenizer_IsRefused(string json) => Assert.Throws<InvalidDataException>(() => Tokenizer.FromJson(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void FromJson_NestedDeeply_IsRefused()
    {
        var open = string.Concat(Enumerable.Repeat("""{"type": "Sequence", "normalizers": [""", 10_000));

        Assert.Throws<InvalidDataException>(() => Tokenizer.FromJson(Encoding.UTF8.GetBytes($$"""{"normalizer": {{open}}""")));
    }

    [Fact]
    public void FromJson_TooManyParts_IsRefused()
    {
        var parts = string.Join(',', Enumerable.Repeat("""{"type": "NFC"}""", 3000));

        Assert.Throws<InvalidDataException>(() => Small.Make(Small.Words(), ("normalizer", $$"""{"type": "Sequence", "normalizers": [{{parts}}]}""")));
    }

    [Fact]
    public void FromJson_StreamWithByteOrderMark_IsRead()
    {
        using var stream = new MemoryStream([0xEF, 0xBB, 0xBF, .. """{"model": {"type": "WordLevel", "vocab": {"a": 0}, "unk_token": "a"}}"""u8]);

        Assert.Equal([0], Tokenizer.FromJson(stream).Encode("a").Ids.ToArray());
    }

    [Theory]
    [InlineData("normalizer", """{"strip_left": true, "strip_right": false}""")]
    [InlineData("normalizer", """{"clean_text": true, "handle_chinese_chars": true, "lowercase": true}""")]
    [InlineData("normalizer", """{"normalizers": []}""")]
    [InlineData("pre_tokenizer", """{"type": "Metaspace", "replacement": "▁", "str_rep": "▁", "add_prefix_space": true}""")]
    [InlineData("post_processor", """{"sep": ["a", 1], "cls": ["b", 1]}""")]
    [InlineData("decoder", """{"suffix": "</w>"}""")]
    public void FromJson_FormOfAnOlderVersion_IsRead(string role, string part) => Assert.NotNull(Small.Make(Small.Words(), (role, part)));
}
