using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.ObjectPool;
using SeqServe.Api.Answers;

namespace SeqServe.Api.Json;

/// <summary>Writes an answer as one JSON document of known length, through pooled buffers.</summary>
/// <param name="time">Has answers read in time.</param>
public sealed class JsonAnswers(AnswerTime time)
{
    /// <summary>The media type of JSON, without parameters.</summary>
    public const string MediaType = "application/json";

    private readonly ObjectPool<JsonBuffer> _buffers = ObjectPool.Create<JsonBuffer>();

    /// <summary>The buffers, for answers that are written in another way.</summary>
    internal ObjectPool<JsonBuffer> Buffers => _buffers;

    /// <summary>Writes an answer.</summary>
    public Task WriteAsync<T>(HttpResponse response, T answer, JsonTypeInfo<T> type)
    {
        var buffer = _buffers.Get();
        JsonSerializer.Serialize(buffer.Writer, answer, type);
        return SendAsync(response, buffer);
    }

    private async Task SendAsync(HttpResponse response, JsonBuffer buffer)
    {
        response.ContentType = $"{MediaType}; charset=utf-8";
        response.ContentLength = buffer.Bytes.WrittenCount;
        await time.WriteAsync(response, buffer.Bytes.WrittenMemory);
        _buffers.Return(buffer);
    }
}

/// <summary>A buffer and a JSON writer into it, used again for one answer after another.</summary>
internal sealed class JsonBuffer : IResettable
{
    // A buffer that one answer made larger than this is not kept.
    private const int MaxKept = 64 * 1024;

    /// <summary>As the answers' serializer options escape: with nosniff, and never part of a page.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public JsonBuffer() => Writer = new Utf8JsonWriter(Bytes, Options);

    public ArrayBufferWriter<byte> Bytes { get; } = new(1024);

    public Utf8JsonWriter Writer { get; }

    public bool TryReset()
    {
        Bytes.ResetWrittenCount();
        Writer.Reset();
        return Bytes.Capacity <= MaxKept;
    }
}
