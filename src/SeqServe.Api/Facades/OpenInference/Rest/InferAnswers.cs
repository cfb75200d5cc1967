using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.Extensions.ObjectPool;
using SeqServe.Api.Answers;
using SeqServe.Api.Json;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>
/// Writes answers: JSON, and after it the outputs that are sent as binary data. Large tensors go from the runtime's memory to the connection, piece by piece.
/// </summary>
/// <param name="answers">Has the buffers.</param>
/// <param name="time">Has answers read in time.</param>
internal sealed class InferAnswers(JsonAnswers answers, AnswerTime time)
{
    // Up to so many elements an answer is one buffer of known length.
    private const long MaxBuffered = 4096;
    private const int Piece = 32 * 1024;

    private readonly ObjectPool<JsonBuffer> _buffers = answers.Buffers;

    /// <summary>Writes an answer.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="request">What was asked.</param>
    /// <param name="answer">The answer; the caller keeps ownership.</param>
    /// <param name="cancellation">Cancelled when the caller has left.</param>
    /// <exception cref="ServingException">An output cannot be written as JSON; nothing is written then.</exception>
    public async Task WriteAsync(HttpResponse response, InferRequest request, TensorResponse answer, CancellationToken cancellation)
    {
        var isBinary = new bool[answer.Outputs.Count];
        long elements = 0;
        for (var i = 0; i < isBinary.Length; i++)
        {
            isBinary[i] = request.IsBinary(answer.Outputs[i].Name);
            if (!isBinary[i] && answer.Outputs[i].Datatype == TensorDatatype.Bf16)
            {
                throw new ServingException(
                    ServingErrorCode.InvalidRequest,
                    $"output \"{answer.Outputs[i].Name}\": BF16 is sent as binary data only; ask for it with \"binary_data\": true");
            }

            elements += isBinary[i] ? 0 : answer.Outputs[i].Elements;
        }

        if (isBinary.Contains(true))
            await WriteBinaryAsync(response, request, answer, isBinary, cancellation);
        else if (elements <= MaxBuffered)
            await WriteBufferedAsync(response, request, answer, isBinary, cancellation);
        else
            await WriteStreamedAsync(response, request, answer, isBinary, cancellation);
    }

    private async Task WriteBufferedAsync(
        HttpResponse response, InferRequest request, TensorResponse answer, bool[] isBinary, CancellationToken cancellation)
    {
        var buffer = _buffers.Get();
        await WriteJsonAsync(buffer.Writer, null, request, answer, isBinary, cancellation);
        response.ContentType = "application/json";
        response.ContentLength = buffer.Bytes.WrittenCount;
        await time.WriteAsync(response, buffer.Bytes.WrittenMemory, cancellation);
        _buffers.Return(buffer);
    }

    private async Task WriteStreamedAsync(
        HttpResponse response, InferRequest request, TensorResponse answer, bool[] isBinary, CancellationToken cancellation)
    {
        response.ContentType = "application/json";
        var body = time.Watch(response.HttpContext);
        await using var writer = new Utf8JsonWriter(body, JsonBuffer.Options);
        await WriteJsonAsync(writer, body, request, answer, isBinary, cancellation);
        await body.FlushAsync(cancellation);
    }

    private async Task WriteBinaryAsync(
        HttpResponse response, InferRequest request, TensorResponse answer, bool[] isBinary, CancellationToken cancellation)
    {
        var buffer = _buffers.Get();
        await WriteJsonAsync(buffer.Writer, null, request, answer, isBinary, cancellation);
        response.ContentType = "application/octet-stream";
        response.Headers[InferBody.JsonLengthHeader] = buffer.Bytes.WrittenCount.ToString(CultureInfo.InvariantCulture);
        response.ContentLength = buffer.Bytes.WrittenCount + answer.Outputs.Where((_, i) => isBinary[i]).Sum(BinarySize);
        var body = time.Watch(response.HttpContext);
        await body.WriteAsync(buffer.Bytes.WrittenMemory, cancellation);
        _buffers.Return(buffer);
        for (var i = 0; i < isBinary.Length; i++)
        {
            if (isBinary[i])
                await WriteBinaryAsync(body, answer.Outputs[i], cancellation);
        }
    }

    private static async Task WriteBinaryAsync(PipeWriter body, Tensor tensor, CancellationToken cancellation)
    {
        for (var rest = tensor.Data; !rest.IsEmpty; rest = rest[Math.Min(Piece, rest.Length)..])
            await body.WriteAsync(rest[..Math.Min(Piece, rest.Length)], cancellation);
        foreach (var text in tensor.Strings)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(body.GetSpan(sizeof(uint)), (uint)text.Length);
            body.Advance(sizeof(uint));
            await body.WriteAsync(text, cancellation);
        }

        await body.FlushAsync(cancellation);
    }

    // The body is the connection that the writer writes to, to be flushed piece by piece; null for a buffer.
    private static async Task WriteJsonAsync(
        Utf8JsonWriter writer, PipeWriter? body, InferRequest request, TensorResponse answer, bool[] isBinary, CancellationToken cancellation)
    {
        writer.WriteStartObject();
        writer.WriteString("model_name"u8, answer.Model);
        writer.WriteString("model_version"u8, answer.Version.ToString(CultureInfo.InvariantCulture));
        if (request.Id is { } id)
            writer.WriteString("id"u8, id);
        writer.WriteStartArray("outputs"u8);
        for (var i = 0; i < isBinary.Length; i++)
        {
            var output = answer.Outputs[i];
            WriteDescription(writer, output, isBinary[i]);
            if (!isBinary[i])
                await WriteElementsAsync(writer, body, output, cancellation);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
        writer.Flush();
    }

    private static void WriteDescription(Utf8JsonWriter writer, Tensor output, bool isBinary)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, output.Name);
        writer.WriteString("datatype"u8, output.Datatype.ToName());
        writer.WriteStartArray("shape"u8);
        foreach (var size in output.Shape)
            writer.WriteNumberValue(size);
        writer.WriteEndArray();
        if (!isBinary)
            return;
        writer.WriteStartObject("parameters"u8);
        writer.WriteNumber("binary_data_size"u8, BinarySize(output));
        writer.WriteEndObject();
    }

    private static async Task WriteElementsAsync(Utf8JsonWriter writer, PipeWriter? body, Tensor output, CancellationToken cancellation)
    {
        const int AtOnce = 1024;
        writer.WriteStartArray("data"u8);
        for (var start = 0; start < output.Elements; start += AtOnce)
        {
            JsonTensorData.Write(writer, output, start, (int)Math.Min(AtOnce, output.Elements - start));
            if (body is null)
                continue;
            writer.Flush();
            await body.FlushAsync(cancellation);
        }

        writer.WriteEndArray();
    }

    private static long BinarySize(Tensor tensor) => tensor.Size + (sizeof(uint) * (long)tensor.Strings.Count);
}
