using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.ObjectPool;

namespace SeqServe.Api.Http;

/// <summary>Writes an answer as one JSON document of known length, through pooled buffers.</summary>
internal sealed class JsonAnswers
{
    // A buffer that one answer made larger than this is not kept.
    private const int MostKept = 64 * 1024;

    private readonly ObjectPool<Buffer> _buffers = ObjectPool.Create<Buffer>();

    public async Task WriteAsync<T>(HttpResponse response, T answer, JsonTypeInfo<T> type)
    {
        var buffer = _buffers.Get();
        JsonSerializer.Serialize(buffer.Writer, answer, type);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = buffer.Bytes.WrittenCount;
        await response.Body.WriteAsync(buffer.Bytes.WrittenMemory);
        _buffers.Return(buffer);
    }

    private sealed class Buffer : IResettable
    {
        // As the answers' serializer options escape: with nosniff, and never part of a page.
        private static readonly JsonWriterOptions s_options = new() { Encoder = ApiJson.Answers.Options.Encoder, SkipValidation = true };

        public Buffer() => Writer = new Utf8JsonWriter(Bytes, s_options);

        public ArrayBufferWriter<byte> Bytes { get; } = new(1024);

        public Utf8JsonWriter Writer { get; }

        public bool TryReset()
        {
            Bytes.ResetWrittenCount();
            Writer.Reset();
            return Bytes.Capacity <= MostKept;
        }
    }
}
