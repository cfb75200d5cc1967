using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace SeqServe.Api.Streaming;

/// <summary>One server-sent event.</summary>
/// <param name="Name">Its name, or null for none.</param>
/// <param name="Data">UTF-8 text of one line.</param>
internal readonly record struct StreamEvent(string? Name, ReadOnlyMemory<byte> Data)
{
    /// <summary>An event that carries a contract.</summary>
    public static StreamEvent Of<T>(string? name, T data, JsonTypeInfo<T> type) => new(name, JsonSerializer.SerializeToUtf8Bytes(data, type));
}
