using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeqServe.Api.Contracts;

/// <summary>Reads a string or an array of strings.</summary>
internal sealed class TextInputsConverter : JsonConverter<TextInputs>
{
    // A larger array is refused by its length anyway; this keeps a body of a million "" from becoming a million strings.
    private const int MostTexts = 65_536;

    public override TextInputs Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new TextInputs([reader.GetString()!], true);
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException();

        var texts = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String || texts.Count >= MostTexts)
                throw new JsonException();
            texts.Add(reader.GetString()!);
        }

        return new TextInputs(texts, false);
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
