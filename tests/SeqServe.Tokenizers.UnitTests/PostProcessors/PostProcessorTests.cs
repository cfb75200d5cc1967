using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests.PostProcessors;

/// <summary>Special tokens around texts.</summary>
public class PostProcessorTests
{
    private const string Bert = """{"type": "BertProcessing", "sep": ["S", 8], "cls": ["C", 7]}""";
    private const string ByteLevel = """{"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true}""";
    private const string Roberta = """{"type": "RobertaProcessing", "sep": ["S", 8], "cls": ["C", 7], "trim_offsets": true, "add_prefix_space": true}""";
    private const string Template = """
        {"type": "TemplateProcessing",
         "single": [{"SpecialToken": {"id": "X", "type_id": 2}}, {"Sequence": {"id": "A", "type_id": 1}}],
         "pair": [{"Sequence": {"id": "B", "type_id": 3}}, {"SpecialToken": {"id": "X", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 1}}],
         "special_tokens": {"X": {"id": "X", "ids": [5, 6], "tokens": ["x", "y"]}}}
        """;

    [Theory]
    [InlineData("null", "1", "0")]
    [InlineData(Bert, "7 1 8", "0 0 0")]
    [InlineData(Roberta, "7 1 8", "0 0 0")]
    [InlineData(Template, "5 6 1", "2 2 1")]
    public void Encode_Text_GetsItsTokens(string processor, string ids, string types)
    {
        var encoding = Make(processor).Encode("a");

        Assert.Equal((ids, types), (string.Join(' ', encoding.Ids.ToArray()), string.Join(' ', encoding.TypeIds.ToArray())));
    }

    [Theory]
    [InlineData("null", "1 2", "0 1", "0 1")]
    [InlineData(Bert, "7 1 8 2 8", "0 0 0 1 1", "- 0 - 1 -")]
    [InlineData(Roberta, "7 1 8 8 2 8", "0 0 0 0 0 0", "- 0 - - 1 -")]
    [InlineData(Template, "2 5 6 1", "3 0 0 1", "1 - - 0")]
    [InlineData("""{"type": "Sequence", "processors": [""" + ByteLevel + ", " + Bert + "]}", "7 1 8 2 8", "0 0 0 1 1", "- 0 - 1 -")]
    public void Encode_Pair_GetsItsTokens(string processor, string ids, string types, string sequences)
    {
        var encoding = Make(processor).Encode("a", "b");

        Assert.Equal((ids, types), (string.Join(' ', encoding.Ids.ToArray()), string.Join(' ', encoding.TypeIds.ToArray())));
        Assert.Equal(sequences, string.Join(' ', Enumerable.Range(0, encoding.Count).Select(t => encoding.SequenceOf(t) is { } s ? $"{s}" : "-")));
        Assert.Equal(encoding.SpecialTokensMask, Enumerable.Range(0, encoding.Count).Select(t => encoding.SequenceOf(t) is null ? 1 : 0));
    }

    [Theory]
    [InlineData("null", 0, 0)]
    [InlineData(Bert, 2, 3)]
    [InlineData(Roberta, 2, 4)]
    [InlineData(Template, 2, 2)]
    public void CountSpecialTokens_Processor_TellsThem(string processor, int alone, int both)
    {
        var tokenizer = Make(processor);

        Assert.Equal((alone, both), (tokenizer.CountSpecialTokens(), tokenizer.CountSpecialTokens(pair: true)));
    }

    [Theory]
    [InlineData(false, false, "0-2 2-5")]
    [InlineData(true, false, "1-2 3-4")]
    [InlineData(true, true, "0-2 3-4")]
    public void ByteLevel_Offsets_LoseSpacesWhereAsked(bool trim, bool prefix, string offsets)
    {
        var tokenizer = Small.Make(
            Small.Words("Ġa", " b "),
            ("pre_tokenizer", """{"type": "Split", "pattern": {"Regex": "Ġa| b "}, "behavior": "Isolated", "invert": false}"""),
            ("post_processor", $$"""
                {"type": "ByteLevel", "add_prefix_space": {{(prefix ? "true" : "false")}}, "trim_offsets": {{(trim ? "true" : "false")}}}
                """),
            ("normalizer", """{"type": "Replace", "pattern": {"Regex": "^ "}, "content": "Ġ"}"""));

        Assert.Equal(offsets, string.Join(' ', tokenizer.Encode(" a b ").Offsets.ToArray().Select(o => $"{o.Start}-{o.End}")));
    }

    private static Tokenizer Make(string processor) => Small.Make(Small.Words("a", "b"), ("post_processor", processor));
}
