using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>Reads the body of a request: JSON, and behind it the binary data of its tensors, straight from the connection into their memory.</summary>
internal sealed class InferBody(IOptions<SeqServeOptions> options)
{
    /// <summary>Bytes of the JSON when binary data follows it.</summary>
    public const string JsonLengthHeader = "Inference-Header-Content-Length";

    private readonly long _maxBytes = options.Value.MaxTensorRequestBytes;

    /// <summary>Reads a request and its tensors.</summary>
    /// <param name="http">The request.</param>
    /// <param name="memory">Where the tensors are put.</param>
    /// <param name="cancellation">The caller's presence.</param>
    /// <exception cref="ServingException">It is too large, no JSON, no request, or its tensors are not what it says.</exception>
    public async ValueTask<(InferRequest Request, Tensor[] Inputs)> ReadAsync(HttpRequest http, InferMemory memory, CancellationToken cancellation)
    {
        if (http.ContentLength > _maxBytes)
            throw TooLarge();
        if (http.Headers.ContentEncoding.Count > 0 && http.Headers.ContentEncoding != "identity")
            throw Fault($"Content-Encoding: {http.Headers.ContentEncoding} is not supported; send the body as it is");
        var source = new BodySource(http.BodyReader, _maxBytes, TooLarge, cancellation);
        var json = JsonLength(http) is { } length ? await source.ReadExactlyAsync(length, memory) : await source.ReadAllAsync(http.ContentLength, memory);
        var request = InferRequestReader.Read(json.Span, memory);
        var inputs = new Tensor[request.Inputs.Count];
        for (var i = 0; i < inputs.Length; i++)
            inputs[i] = await ReadTensorAsync(request.Inputs[i], i, source, memory);
        await source.EnsureEndAsync();
        return (request, inputs);
    }

    private static async ValueTask<Tensor> ReadTensorAsync(InferInput input, int index, BodySource source, InferMemory memory)
    {
        var label = input.Label(index);
        if (input.Name is not { } name)
            throw Fault($"{label}: name is missing");
        if (input.Shape is not { } shape)
            throw Fault($"{label}: shape is missing");
        if (input.Datatype is not { } datatype)
            throw Fault($"{label}: datatype is missing");
        if (TensorShapes.Elements(shape) is not { } elements)
            throw Fault($"{label}: the shape {TensorShapes.ToText(shape)} is of more elements than can be");
        if (input.BinarySize is { } size)
            return await ReadBinaryAsync(name, shape, datatype, elements, size, label, source, memory);
        if (input.Elements is not { } data)
            throw Fault($"{label}: data is missing; send \"data\", or binary_data_size and the bytes behind the JSON");
        if (data.Count != elements)
            throw Fault($"{label}: the shape {TensorShapes.ToText(shape)} is of {elements} elements, data has {data.Count}");
        return datatype == TensorDatatype.Bytes ? new Tensor(name, shape, data.Strings) : new Tensor(name, datatype, shape, data.Bytes);
    }

    private static async ValueTask<Tensor> ReadBinaryAsync(string name, long[] shape, TensorDatatype datatype, long elements, long size, string label, BodySource source, InferMemory memory)
    {
        if (datatype != TensorDatatype.Bytes && elements * datatype.ElementSize() != size)
            throw Fault($"{label}: the shape {TensorShapes.ToText(shape)} of {datatype.ToName()} is of {elements * datatype.ElementSize()} bytes, binary_data_size is {size}");
        var bytes = await source.ReadExactlyAsync((int)size, memory);
        return datatype == TensorDatatype.Bytes ? new Tensor(name, shape, ByteStrings.Read(bytes, elements, label)) : new Tensor(name, datatype, shape, bytes);
    }

    private int? JsonLength(HttpRequest http)
    {
        if (!http.Headers.TryGetValue(JsonLengthHeader, out var value))
            return null;
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length) || length == 0 || length > (http.ContentLength ?? _maxBytes))
            throw Fault($"{JsonLengthHeader} must be the number of bytes of the JSON, at least 1 and not more than the body has");
        return length;
    }

    private ServingException TooLarge() => new(
        ServingErrorCode.PayloadTooLarge, $"The body is larger than the {_maxBytes} bytes this server takes; send fewer or smaller tensors.");

    private static ServingException Fault(string message) => new(ServingErrorCode.InvalidRequest, message);

    /// <summary>What is left of the body.</summary>
    private sealed class BodySource(PipeReader body, long maxBytes, Func<ServingException> tooLarge, CancellationToken cancellation)
    {
        private const int FirstBytes = 4096;
        private long _read;

        public async ValueTask<ReadOnlyMemory<byte>> ReadExactlyAsync(int length, InferMemory memory)
        {
            if (_read + length > maxBytes)
                throw tooLarge();
            var target = memory.Rent(length);
            var filled = 0;
            while (filled < length)
            {
                var read = await body.ReadAsync(cancellation);
                var part = read.Buffer.Slice(0, Math.Min(length - filled, read.Buffer.Length));
                part.CopyTo(target.AsSpan(filled));
                filled += (int)part.Length;
                body.AdvanceTo(part.End);
                if (read.IsCompleted && filled < length && part.Length == read.Buffer.Length)
                    throw Fault($"The body ends {length - filled} bytes too early; {JsonLengthHeader} and the sizes of the tensors must be what follows.");
            }

            _read += length;
            return target.AsMemory(0, length);
        }

        public async ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(long? length, InferMemory memory)
        {
            var target = memory.Rent((int)(length ?? FirstBytes));
            var filled = 0;
            while (true)
            {
                var read = await body.ReadAsync(cancellation);
                if (filled + read.Buffer.Length > maxBytes)
                {
                    // Given back, so that the web server can drain the rest of the body.
                    body.AdvanceTo(read.Buffer.End);
                    throw tooLarge();
                }

                if (filled + read.Buffer.Length > target.Length)
                {
                    var larger = memory.Rent((int)Math.Max(2L * target.Length, filled + read.Buffer.Length));
                    target.AsSpan(0, filled).CopyTo(larger);
                    target = larger;
                }

                read.Buffer.CopyTo(target.AsSpan(filled));
                filled += (int)read.Buffer.Length;
                body.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted)
                    return target.AsMemory(0, filled);
            }
        }

        public async ValueTask EnsureEndAsync()
        {
            var read = await body.ReadAsync(cancellation);
            var rest = read.Buffer.Length;
            body.AdvanceTo(read.Buffer.End);
            if (rest > 0)
                throw Fault($"The body goes on behind the last tensor; {JsonLengthHeader} and binary_data_size must cover all of it.");
        }
    }
}
