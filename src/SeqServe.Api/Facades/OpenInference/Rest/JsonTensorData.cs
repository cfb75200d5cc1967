using System.Runtime.InteropServices;
using System.Text.Json;
using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>
/// Writes elements of a tensor as JSON values. What is not finite becomes the string <c>NaN</c>, <c>Infinity</c> or <c>-Infinity</c>, since JSON has no such
/// numbers.
/// </summary>
internal static class JsonTensorData
{
    /// <summary>Writes some elements; <see cref="TensorDatatype.Bf16"/> has no JSON form.</summary>
    public static void Write(Utf8JsonWriter writer, Tensor tensor, int start, int count)
    {
        switch (tensor.Datatype)
        {
            case TensorDatatype.Bytes:
                for (var i = start; i < start + count; i++)
                    writer.WriteStringValue(tensor.Strings[i].Span);
                break;
            case TensorDatatype.Bool:
                foreach (var value in Of<byte>(tensor, start, count))
                    writer.WriteBooleanValue(value != 0);
                break;
            case TensorDatatype.Fp16:
                foreach (var value in Of<Half>(tensor, start, count))
                    Write(writer, (float)value);
                break;
            case TensorDatatype.Fp32:
                foreach (var value in Of<float>(tensor, start, count))
                    Write(writer, value);
                break;
            case TensorDatatype.Fp64:
                foreach (var value in Of<double>(tensor, start, count))
                    Write(writer, value);
                break;
            default:
                WriteIntegers(writer, tensor, start, count);
                break;
        }
    }

    private static void WriteIntegers(Utf8JsonWriter writer, Tensor tensor, int start, int count)
    {
        switch (tensor.Datatype)
        {
            case TensorDatatype.Int8:
                foreach (var value in Of<sbyte>(tensor, start, count))
                    writer.WriteNumberValue(value);
                break;
            case TensorDatatype.Int16:
                foreach (var value in Of<short>(tensor, start, count))
                    writer.WriteNumberValue(value);
                break;
            case TensorDatatype.Int32:
                foreach (var value in Of<int>(tensor, start, count))
                    writer.WriteNumberValue(value);
                break;
            case TensorDatatype.Int64:
                foreach (var value in Of<long>(tensor, start, count))
                    writer.WriteNumberValue(value);
                break;
            case TensorDatatype.Uint8:
                foreach (var value in Of<byte>(tensor, start, count))
                    writer.WriteNumberValue(value);
                break;
            case TensorDatatype.Uint16:
                foreach (var value in Of<ushort>(tensor, start, count))
                    writer.WriteNumberValue(value);
                break;
            case TensorDatatype.Uint32:
                foreach (var value in Of<uint>(tensor, start, count))
                    writer.WriteNumberValue(value);
                break;
            default:
                foreach (var value in Of<ulong>(tensor, start, count))
                    writer.WriteNumberValue(value);
                break;
        }
    }

    private static void Write(Utf8JsonWriter writer, float value)
    {
        if (float.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteStringValue(Name(value));
    }

    private static void Write(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteStringValue(Name(value));
    }

    private static string Name(double value) => double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity";

    private static ReadOnlySpan<T> Of<T>(Tensor tensor, int start, int count)
        where T : unmanaged => MemoryMarshal.Cast<byte, T>(tensor.Data.Span).Slice(start, count);
}
