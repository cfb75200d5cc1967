using System.Text;
using System.Text.Json;

namespace SeqServe.Tokenizers.Files;

/// <summary>Reads the fields of a part of a tokenizer.json; what it throws names the part.</summary>
/// <param name="role">What the part is: "normalizer" and so on.</param>
/// <param name="json">The part.</param>
internal readonly struct PartReader(string role, JsonElement json)
{
    /// <summary>What the part is.</summary>
    public string Role => role;

    /// <summary>The type it gives, or null where it gives none, as older files do.</summary>
    public string? Type => json.ValueKind != JsonValueKind.Object ? throw new InvalidDataException($"The {role} is no object.")
        : json.TryGetProperty("type", out var type) ? type.GetString() : null;

    /// <summary>Whether it has a field that is not null.</summary>
    public bool Has(string field) => json.TryGetProperty(field, out var value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A field.</summary>
    public JsonElement Get(string field) => Has(field) ? json.GetProperty(field) : throw Error($"has no '{field}'");

    /// <summary>A string.</summary>
    public string Text(string field) => Get(field) is { ValueKind: JsonValueKind.String } value
        ? value.GetString()!
        : throw Error($"has a '{field}' that is no string");

    /// <summary>A string of one code point.</summary>
    public string Character(string field)
    {
        var text = Text(field);
        return Rune.DecodeFromUtf16(text, out _, out var length) == System.Buffers.OperationStatus.Done && length == text.Length
            ? text
            : throw Error($"has a '{field}' that is not one character");
    }

    /// <summary>A truth value.</summary>
    public bool Flag(string field) => Get(field).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Error($"has a '{field}' that is neither true nor false"),
    };

    /// <summary>A truth value, or what holds where it is not given.</summary>
    public bool Flag(string field, bool otherwise) => Has(field) ? Flag(field) : otherwise;

    /// <summary>A number that is not negative.</summary>
    public int Number(string field) => Get(field) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt32(out var number) && number >= 0
        ? number
        : throw Error($"has a '{field}' that is no number of items");

    /// <summary>A list.</summary>
    public JsonElement List(string field) => Get(field) is { ValueKind: JsonValueKind.Array } value ? value : throw Error($"has a '{field}' that is no list");

    /// <summary>An object.</summary>
    public JsonElement Map(string field) => Get(field) is { ValueKind: JsonValueKind.Object } value ? value : throw Error($"has a '{field}' that is no object");

    /// <summary>One of several names.</summary>
    public T Choice<T>(string field, params ReadOnlySpan<(string Name, T Value)> choices)
    {
        var text = Text(field);
        foreach (var (name, value) in choices)
        {
            if (name == text)
                return value;
        }

        throw Error($"has the '{field}' '{text}', which is not supported");
    }

    /// <summary>An error that names the part.</summary>
    public InvalidDataException Error(string what) => new($"The {role}{(Type is { } type ? $" '{type}'" : "")} {what}.");

    /// <summary>The error for a part that is not known.</summary>
    public InvalidDataException NotSupported() => new(Type is { } type ? $"The {role} '{type}' is not supported." : $"The {role} says no type.");
}
