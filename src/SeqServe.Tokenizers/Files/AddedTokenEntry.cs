using System.Text.Json;
using System.Text.Json.Nodes;

namespace SeqServe.Tokenizers.Files;

/// <summary>An added token as configuration files describe it.</summary>
internal sealed record AddedTokenEntry(string Content)
{
    /// <summary>Whether it is found as a word of its own only.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Whether it takes the white space before it.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Whether it takes the white space behind it.</summary>
    public bool RightStrip { get; init; }

    /// <summary>Whether it is left out of decoded texts.</summary>
    public bool Special { get; init; }

    /// <summary>Whether it is looked for in the normalized text; where a file does not say, a special one is not.</summary>
    public bool? Normalized { get; init; }

    /// <summary>Reads a token: a text, or an object with <c>content</c>.</summary>
    /// <exception cref="InvalidDataException">It is neither.</exception>
    public static AddedTokenEntry Read(JsonElement json)
    {
        if (json.ValueKind == JsonValueKind.String)
            return new AddedTokenEntry(json.GetString()!);
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("content", out var content) || content.ValueKind != JsonValueKind.String)
            throw new InvalidDataException("A special token is neither a text nor an object with a 'content'.");
        return new AddedTokenEntry(content.GetString()!)
        {
            SingleWord = Flag(json, "single_word") ?? false,
            LeftStrip = Flag(json, "lstrip") ?? false,
            RightStrip = Flag(json, "rstrip") ?? false,
            Special = Flag(json, "special") ?? false,
            Normalized = Flag(json, "normalized"),
        };
    }

    /// <summary>It as tokenizer.json has it.</summary>
    public JsonObject ToJson(int id) => new()
    {
        ["id"] = id,
        ["content"] = Content,
        ["single_word"] = SingleWord,
        ["lstrip"] = LeftStrip,
        ["rstrip"] = RightStrip,
        ["normalized"] = Normalized ?? !Special,
        ["special"] = Special,
    };

    private static bool? Flag(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;
}
