using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeqServe.Api.Json;

/// <summary>One text, or several: in JSON a string or an array of strings.</summary>
/// <param name="Texts">The texts.</param>
/// <param name="IsSingle">Whether it was written as a single string.</param>
/// <param name="Count">How many were sent; beyond what any server takes they are counted but not kept.</param>
[JsonConverter(typeof(TextInputsConverter))]
public sealed record TextInputs(IReadOnlyList<string> Texts, bool IsSingle, int Count);

/// <summary>Reads a string or an array of strings.</summary>
internal sealed class TextInputsConverter : JsonConverter<TextInputs>
{
    // The largest MaxClientBatch: a body of a million "" is refused by its count and need not become a million strings.
    private const int MaxTexts = 65_536;

    public override TextInputs Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new TextInputs([reader.GetString()!], true, 1);
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException();

        var texts = new List<string>();
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String)
                throw new JsonException();
            if (++count <= MaxTexts)
                texts.Add(reader.GetString()!);
        }

        return new TextInputs(texts, false, count);
    }

    public override void Write(Utf8JsonWriter writer, TextInputs value, JsonSerializerOptions options)
    {
        if (value.IsSingle)
        {
            writer.WriteStringValue(value.Texts[0]);
            return;
        }

        writer.WriteStartArray();
        foreach (var text in value.Texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }
}
