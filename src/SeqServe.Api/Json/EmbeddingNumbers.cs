using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SeqServe.Api.Json;

/// <summary>A vector: in JSON an array of numbers, or a string of their bytes in base64.</summary>
/// <param name="Vector">Its numbers.</param>
/// <param name="IsBase64">Whether it is written as bytes.</param>
[JsonConverter(typeof(EmbeddingNumbersConverter))]
public sealed record EmbeddingNumbers(ReadOnlyMemory<float> Vector, bool IsBase64);

/// <summary>Writes vectors. They are never read.</summary>
internal sealed class EmbeddingNumbersConverter : JsonConverter<EmbeddingNumbers>
{
    public override EmbeddingNumbers Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new JsonException();

    public override void Write(Utf8JsonWriter writer, EmbeddingNumbers value, JsonSerializerOptions options)
    {
        if (value.IsBase64)
        {
            writer.WriteBase64StringValue(Bytes(value.Vector.Span));
            return;
        }

        writer.WriteStartArray();
        foreach (var number in value.Vector.Span)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }

    private static byte[] Bytes(ReadOnlySpan<float> vector)
    {
        var bytes = new byte[vector.Length * sizeof(float)];
        for (var i = 0; i < vector.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), vector[i]);
        return bytes;
    }
}
