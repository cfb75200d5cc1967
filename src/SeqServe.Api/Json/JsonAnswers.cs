using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.ObjectPool;

namespace SeqServe.Api.Json;

/// <summary>Writes an answer as one JSON document of known length, through pooled buffers.</summary>
internal sealed class JsonAnswers
{
    private readonly ObjectPool<JsonBuffer> _buffers = ObjectPool.Create<JsonBuffer>();

    public async Task WriteAsync<T>(HttpResponse response, T answer, JsonTypeInfo<T> type)
    {
        var buffer = _buffers.Get();
        JsonSerializer.Serialize(buffer.Writer, answer, type);
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = buffer.Bytes.WrittenCount;
        await response.Body.WriteAsync(buffer.Bytes.WrittenMemory);
        _buffers.Return(buffer);
    }
}
