using System.Globalization;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>Reads the body of a request: JSON, and after it the binary data of its tensors, from the connection into their memory.</summary>
internal sealed class InferBody(IOptions<SeqServeOptions> options)
{
    /// <summary>Bytes of the JSON when binary data follows it.</summary>
    public const string JsonLengthHeader = "Inference-Header-Content-Length";

    private readonly long _maxBytes = options.Value.MaxTensorRequestBytes;

    /// <summary>Reads a request and its tensors.</summary>
    /// <param name="http">The request.</param>
    /// <param name="memory">Where the tensors are put.</param>
    /// <param name="admit">Called between the JSON and binary data; throws to refuse the request without reading the data.</param>
    /// <param name="cancellation">Cancelled when the caller has left.</param>
    /// <exception cref="ServingException">
    /// It is too large, not JSON, not a request, its tensors are not what it says, or the server has no memory for it now.
    /// </exception>
    public async ValueTask<(InferRequest Request, Tensor[] Inputs)> ReadAsync(
        HttpRequest http, InferMemory memory, Action<InferRequest> admit, CancellationToken cancellation)
    {
        var source = new BodySource(http.BodyReader, _maxBytes, memory, cancellation);
        if (http.ContentLength > _maxBytes)
            throw source.TooLarge();
        if (http.Headers.ContentEncoding.Count > 0 && http.Headers.ContentEncoding != "identity")
            throw Fault($"Content-Encoding: {http.Headers.ContentEncoding} is not supported; send the body without compression");
        var json = JsonLength(http) is { } length ? await source.ReadExactlyAsync(length) : await source.ReadAllAsync(http.ContentLength);
        var request = InferRequestReader.Read(json, memory);
        if (request.Inputs.Exists(static input => input.BinarySize > 0))
            admit(request);
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
            throw Fault($"{label}: the shape {TensorShapes.ToText(shape)} has more elements than the limit of {TensorShapes.MaxElements}");
        if (input.BinarySize is { } size)
        {
            if (datatype != TensorDatatype.Bytes && elements * datatype.ElementSize() != size)
            {
                throw Fault(
                    $"{label}: the shape {TensorShapes.ToText(shape)} of {datatype.ToName()} has {elements * datatype.ElementSize()} bytes, "
                    + $"binary_data_size is {size}");
            }

            var bytes = await source.ReadExactlyAsync((int)size);
            return datatype == TensorDatatype.Bytes
                ? new Tensor(name, shape, ByteStrings.Read(bytes, elements, label, memory.Reservation))
                : new Tensor(name, datatype, shape, bytes);
        }

        if (input.Elements is not { } data)
            throw Fault($"{label}: data is missing; send \"data\", or binary_data_size and the bytes after the JSON");
        if (data.Count != elements)
            throw Fault($"{label}: the shape {TensorShapes.ToText(shape)} has {elements} elements, data has {data.Count}");
        return datatype == TensorDatatype.Bytes ? new Tensor(name, shape, data.Strings) : new Tensor(name, datatype, shape, data.Bytes);
    }

    private int? JsonLength(HttpRequest http)
    {
        if (!http.Headers.TryGetValue(JsonLengthHeader, out var value))
            return null;
        if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            || length == 0
            || length > (http.ContentLength ?? _maxBytes))
        {
            throw Fault($"{JsonLengthHeader} must be the number of bytes of the JSON, at least 1 and not more than the body has");
        }

        return length;
    }

    private static ServingException Fault(string message) => new(ServingErrorCode.InvalidRequest, message);
}
