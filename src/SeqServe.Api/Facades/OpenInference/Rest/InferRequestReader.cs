using System.Globalization;
using System.Text.Json;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>Reads the JSON of a request in one pass. Fields that the protocol does not have are ignored, as clients send extras.</summary>
/// <param name="json">The JSON.</param>
/// <param name="memory">Where the elements of tensors are put.</param>
internal sealed class InferRequestReader(ReadOnlyMemory<byte> json, InferMemory memory)
{
    private readonly InferRequest _request = new();

    /// <summary>Reads a request.</summary>
    /// <param name="json">The JSON; strings of tensors stay in it.</param>
    /// <param name="memory">Where the other elements of tensors are put.</param>
    /// <exception cref="ServingException">It is not JSON, not a request, or the server has no memory for it now.</exception>
    public static InferRequest Read(ReadOnlyMemory<byte> json, InferMemory memory)
    {
        memory.ElementsAhead = (json.Length + 1) / 2;
        try
        {
            var reader = new Utf8JsonReader(json.Span);
            return new InferRequestReader(json, memory).Read(ref reader);
        }
        catch (JsonException e)
        {
            var place = string.Create(CultureInfo.InvariantCulture, $"line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
            throw Fault($"The JSON is not valid; the first fault is at {place}.", e);
        }
        catch (InvalidOperationException e)
        {
            // The reader refuses a string only when it is asked for.
            throw Fault("A string in the JSON is not valid Unicode.", e);
        }
    }

    private InferRequest Read(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
            throw Fault("The body must be a JSON object with \"inputs\".");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("inputs"u8))
                ReadArray(ref reader, "inputs", _request.Inputs, ReadInput);
            else if (reader.ValueTextEquals("outputs"u8))
                ReadArray(ref reader, "outputs", _request.Outputs, ReadOutput);
            else if (reader.ValueTextEquals("parameters"u8))
                ReadParameters(ref reader);
            else if (reader.ValueTextEquals("id"u8))
                _request.Id = ReadTextOrNull(ref reader, "id");
            else
                reader.Skip();
        }

        // Anything but white space after the object makes the reader throw.
        reader.Read();
        return _request;
    }

    private void ReadParameters(ref Utf8JsonReader reader)
    {
        var parameters = JsonParameters.Read(ref reader, "parameters", memory.Reservation);
        _request.Parameters = new TensorParameters(parameters);
        _request.BinaryOutputs = _request.Parameters.Flag("binary_data_output");
    }

    private void ReadInput(ref Utf8JsonReader reader)
    {
        var input = new InferInput();
        var index = _request.Inputs.Count;
        // For data that comes before its datatype.
        var data = default(Utf8JsonReader);
        var dataWaits = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
            {
                input.Name = ReadName(ref reader, $"{input.Label(index)}: name");
            }
            else if (reader.ValueTextEquals("datatype"u8))
            {
                // What was read as one datatype is not another.
                if (input.Datatype is not null)
                    throw Fault($"{input.Label(index)}: datatype is given twice; keep one");
                input.Datatype = ReadDatatype(ref reader, input.Label(index));
            }
            else if (reader.ValueTextEquals("shape"u8))
            {
                input.Shape = ReadShape(ref reader, input.Label(index));
            }
            else if (reader.ValueTextEquals("parameters"u8))
            {
                ReadInputParameters(ref reader, input, index);
            }
            else if (reader.ValueTextEquals("data"u8))
            {
                reader.Read();
                if (input.Datatype is not null)
                {
                    ReadData(ref reader, input, index);
                    continue;
                }

                data = reader;
                dataWaits = true;
                reader.Skip();
            }
            else
            {
                reader.Skip();
            }
        }

        if (dataWaits && input.Datatype is not null)
            ReadData(ref data, input, index);
        _request.Inputs.Add(input);
    }

    private void ReadData(ref Utf8JsonReader reader, InferInput input, int index)
    {
        var elements = new JsonElements(input.Datatype!.Value, input.Label(index), json, memory);
        elements.Read(ref reader, input.Shape is { } shape ? TensorShapes.Elements(shape) : null);
        input.Elements = elements;
    }

    private void ReadInputParameters(ref Utf8JsonReader reader, InferInput input, int index)
    {
        var parameters = new TensorParameters(JsonParameters.Read(ref reader, $"{input.Label(index)}: parameters", memory.Reservation));
        if (parameters.Find("shared_memory_region") is not null)
            throw Fault($"{input.Label(index)}: shared memory is not supported; send the data");
        input.BinarySize = parameters.Whole("binary_data_size", 0, int.MaxValue);
    }

    private void ReadOutput(ref Utf8JsonReader reader)
    {
        string? name = null;
        bool? binary = null;
        var label = $"outputs[{_request.Outputs.Count}]";
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8))
                name = ReadName(ref reader, $"{label}: name");
            else if (reader.ValueTextEquals("parameters"u8))
                binary = ReadOutputParameters(ref reader, label);
            else
                reader.Skip();
        }

        _request.Outputs.Add(new InferOutput(name ?? throw Fault($"{label}: name is missing"), binary));
    }

    private bool? ReadOutputParameters(ref Utf8JsonReader reader, string label)
    {
        var parameters = new TensorParameters(JsonParameters.Read(ref reader, $"{label}: parameters", memory.Reservation));
        foreach (var unsupported in new[] { "classification", "shared_memory_region" })
        {
            if (parameters.Find(unsupported) is not null)
                throw Fault($"{label}: \"{unsupported}\" is not supported; leave it out");
        }

        return parameters.Find("binary_data") is null ? null : parameters.Flag("binary_data");
    }

    private TensorDatatype ReadDatatype(ref Utf8JsonReader reader, string label)
    {
        var name = ReadText(ref reader, $"{label}: datatype");
        return TensorDatatypes.ByName.TryGetValue(name, out var datatype)
            ? datatype
            : throw Fault($"{label}: datatype must be one of {string.Join(", ", TensorDatatypes.ByName.Keys)}");
    }

    private static long[] ReadShape(ref Utf8JsonReader reader, string label)
    {
        var shape = new List<long>();
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Fault($"{label}: shape must be an array of whole numbers");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var size) || size < 0)
                throw Fault($"{label}: shape must be an array of whole numbers, none of them negative");
            if (shape.Count == RequestLimits.MaxAxes)
                throw Fault($"{label}: shape has more axes than the limit of {RequestLimits.MaxAxes}");
            shape.Add(size);
        }

        return [.. shape];
    }

    private string ReadName(ref Utf8JsonReader reader, string label) =>
        ReadText(ref reader, label) is { Length: <= RequestLimits.MaxNameLength } name
            ? name
            : throw Fault($"{label} has more characters than the limit of {RequestLimits.MaxNameLength}");

    private string ReadText(ref Utf8JsonReader reader, string label) =>
        ReadTextOrNull(ref reader, label) ?? throw Fault($"{label} must be a string");

    private string? ReadTextOrNull(ref Utf8JsonReader reader, string label)
    {
        reader.Read();
        if (reader.TokenType is not (JsonTokenType.String or JsonTokenType.Null))
            throw Fault($"{label} must be a string");
        return JsonParameters.Text(ref reader, memory.Reservation);
    }

    private static void ReadArray<T>(ref Utf8JsonReader reader, string name, List<T> items, ReadItem read)
    {
        reader.Read();
        // Some clients send null for what they leave out.
        if (reader.TokenType == JsonTokenType.Null)
            return;
        if (reader.TokenType != JsonTokenType.StartArray)
            throw Fault($"\"{name}\" must be an array");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            // The array may be there several times.
            if (reader.TokenType != JsonTokenType.StartObject || items.Count == RequestLimits.MaxTensors)
                throw Fault($"\"{name}\" must be an array of at most {RequestLimits.MaxTensors} objects");
            read(ref reader);
        }
    }

    private static ServingException Fault(string message, Exception? cause = null) => new(ServingErrorCode.InvalidRequest, message, cause);

    private delegate void ReadItem(ref Utf8JsonReader reader);
}
