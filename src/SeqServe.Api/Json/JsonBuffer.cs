using System.Buffers;
using System.Text.Json;
using Microsoft.Extensions.ObjectPool;

namespace SeqServe.Api.Json;

/// <summary>A buffer and a JSON writer into it, used again for one answer after another.</summary>
internal sealed class JsonBuffer : IResettable
{
    // A buffer that one answer made larger than this is not kept.
    private const int MaxKept = 64 * 1024;

    /// <summary>As the answers' serializer options escape: with nosniff, and never part of a page.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = ApiJson.Answers.Options.Encoder, SkipValidation = true };

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
