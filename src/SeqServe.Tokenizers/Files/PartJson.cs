using System.Text.Json.Nodes;

namespace SeqServe.Tokenizers.Files;

/// <summary>Parts of a tokenizer.json, as the converters write them.</summary>
internal static class PartJson
{
    /// <summary>What spaces become in SentencePiece vocabularies.</summary>
    public const string SpaceMark = "\u2581";

    /// <summary>A part without options, or with those given.</summary>
    public static JsonObject Part(string type, params (string Name, JsonNode? Value)[] options)
    {
        var part = new JsonObject { ["type"] = type };
        foreach (var (name, value) in options)
            part[name] = value;
        return part;
    }

    /// <summary>Normalizers one after the other.</summary>
    public static JsonObject Normalizers(IEnumerable<JsonObject> parts) => Part("Sequence", ("normalizers", List(parts)));

    /// <summary>Pre-tokenizers one after the other.</summary>
    public static JsonObject PreTokenizers(params JsonObject[] parts) => Part("Sequence", ("pretokenizers", List(parts)));

    /// <summary>Decoders one after the other.</summary>
    public static JsonObject Decoders(IEnumerable<JsonObject> parts) => Part("Sequence", ("decoders", List(parts)));

    /// <summary>A Replace of a text.</summary>
    public static JsonObject Replace(string text, string by) => Part("Replace", ("pattern", new JsonObject { ["String"] = text }), ("content", by));

    /// <summary>A Replace of what a pattern finds.</summary>
    public static JsonObject ReplaceRegex(string pattern, string by) => Part("Replace", ("pattern", new JsonObject { ["Regex"] = pattern }), ("content", by));

    /// <summary>A Split at what a pattern finds.</summary>
    public static JsonObject SplitRegex(string pattern, string behavior, bool invert) =>
        Part("Split", ("pattern", new JsonObject { ["Regex"] = pattern }), ("behavior", behavior), ("invert", invert));

    /// <summary>A ByteLevel, which is a pre-tokenizer, a post-processor and a decoder.</summary>
    public static JsonObject ByteLevel(bool addPrefixSpace = true, bool trimOffsets = true, bool useRegex = true) =>
        Part("ByteLevel", ("add_prefix_space", addPrefixSpace), ("trim_offsets", trimOffsets), ("use_regex", useRegex));

    /// <summary>A Metaspace, which is a pre-tokenizer and a decoder.</summary>
    public static JsonObject Metaspace(string scheme, bool split = true) =>
        Part("Metaspace", ("replacement", SpaceMark), ("prepend_scheme", scheme), ("split", split));

    private static JsonArray List(IEnumerable<JsonObject> parts) => [.. parts];
}
