using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Unicode;
using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>The elements of a tensor as they are read from JSON, flat or nested, straight into their own type.</summary>
/// <param name="datatype">What they are.</param>
/// <param name="label">The tensor's name in messages.</param>
/// <param name="json">All of the JSON; strings without an escape stay in it.</param>
/// <param name="memory">Where their memory comes from.</param>
internal sealed class JsonElements(TensorDatatype datatype, string label, ReadOnlyMemory<byte> json, InferMemory memory)
{
    private const int FirstBytes = 256;
    private const int FirstStrings = 4;
    private const int UnescapedBytes = 4096;
    private readonly int _size = datatype.ElementSize();
    private byte[] _bytes = [];
    private Memory<byte> _unescaped;

    /// <summary>Elements so far.</summary>
    public int Count { get; private set; }

    /// <summary>The elements, when they are not strings.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, Count * _size);

    /// <summary>The elements, when they are strings.</summary>
    public List<ReadOnlyMemory<byte>> Strings { get; } = [];

    /// <summary>Reads the value at the reader: an element, or arrays of them.</summary>
    /// <param name="reader">A reader of the JSON; after the value when this returns.</param>
    /// <param name="expected">Elements that the shape promises, or null while it is not known.</param>
    /// <exception cref="ServingException">An element is not of the datatype, or the server has no memory for them now.</exception>
    public void Read(ref Utf8JsonReader reader, long? expected)
    {
        if (datatype == TensorDatatype.Bf16)
            throw Fault("BF16 is taken as binary data only; send binary_data_size and the bytes after the JSON");
        if (expected is { } promised && datatype != TensorDatatype.Bytes)
        {
            var ahead = Math.Min(promised, memory.ElementsAhead);
            memory.ElementsAhead -= ahead;
            Grow((int)Math.Min(ahead * _size, Array.MaxLength));
        }

        var depth = 0;
        do
        {
            if (reader.TokenType == JsonTokenType.StartArray)
                depth++;
            else if (reader.TokenType == JsonTokenType.EndArray)
                depth--;
            else
                ReadElement(ref reader);
        }
        while (depth > 0 && reader.Read());
    }

    private void ReadElement(ref Utf8JsonReader reader)
    {
        if (datatype == TensorDatatype.Bytes)
        {
            ReadString(ref reader);
            return;
        }

        if ((Count + 1L) * _size > _bytes.Length)
            GrowForOneMore();
        if (!TryRead(ref reader, ref _bytes[Count * _size]))
            throw Fault($"element {Count} is not {Expected()}");
        Count++;
    }

    private bool TryRead(ref Utf8JsonReader reader, ref byte target)
    {
        if (datatype == TensorDatatype.Bool)
        {
            target = reader.TokenType == JsonTokenType.True ? (byte)1 : (byte)0;
            return reader.TokenType is JsonTokenType.True or JsonTokenType.False;
        }

        return reader.TokenType == JsonTokenType.Number ? TryReadNumber(ref reader, ref target) : TryReadNamed(ref reader, ref target);
    }

    private bool TryReadNumber(ref Utf8JsonReader reader, ref byte target)
    {
        switch (datatype)
        {
            case TensorDatatype.Fp32:
                return Write(reader.TryGetSingle(out var single) && float.IsFinite(single), single, ref target);
            case TensorDatatype.Fp64:
                return Write(reader.TryGetDouble(out var real) && double.IsFinite(real), real, ref target);
            case TensorDatatype.Fp16:
                return Write(reader.TryGetSingle(out var half) && Half.IsFinite((Half)half), (Half)half, ref target);
            case TensorDatatype.Int64:
                return Write(reader.TryGetInt64(out var int64), int64, ref target);
            case TensorDatatype.Int32:
                return Write(reader.TryGetInt32(out var int32), int32, ref target);
            case TensorDatatype.Int16:
                return Write(reader.TryGetInt16(out var int16), int16, ref target);
            case TensorDatatype.Int8:
                return Write(reader.TryGetSByte(out var int8), int8, ref target);
            case TensorDatatype.Uint64:
                return Write(reader.TryGetUInt64(out var uint64), uint64, ref target);
            case TensorDatatype.Uint32:
                return Write(reader.TryGetUInt32(out var uint32), uint32, ref target);
            case TensorDatatype.Uint16:
                return Write(reader.TryGetUInt16(out var uint16), uint16, ref target);
            default:
                return Write(reader.TryGetByte(out var uint8), uint8, ref target);
        }
    }

    // JSON has no numbers that are not finite; they are written as these strings.
    private bool TryReadNamed(ref Utf8JsonReader reader, ref byte target)
    {
        if (reader.TokenType != JsonTokenType.String || datatype is not (TensorDatatype.Fp16 or TensorDatatype.Fp32 or TensorDatatype.Fp64))
            return false;
        var value = reader.ValueTextEquals("NaN"u8) ? double.NaN
            : reader.ValueTextEquals("Infinity"u8) ? double.PositiveInfinity
            : double.NegativeInfinity;
        if (double.IsNegativeInfinity(value) && !reader.ValueTextEquals("-Infinity"u8))
            return false;
        return datatype switch
        {
            TensorDatatype.Fp16 => Write(true, (Half)value, ref target),
            TensorDatatype.Fp32 => Write(true, (float)value, ref target),
            _ => Write(true, value, ref target),
        };
    }

    private void ReadString(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.String)
            throw Fault($"element {Count} is not {Expected()}");
        if (!reader.ValueIsEscaped)
        {
            // The reader does not validate strings without an escape.
            if (!Utf8.IsValid(reader.ValueSpan))
                throw Fault($"element {Count} is not valid UTF-8; send bytes that are not text as binary data");
            Add(json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length));
        }
        else
        {
            try
            {
                Add(Unescape(ref reader));
            }
            catch (InvalidOperationException)
            {
                throw Fault($"element {Count} is not valid Unicode");
            }
        }

        Count++;
    }

    private void Add(ReadOnlyMemory<byte> text)
    {
        if (Strings.Count == Strings.Capacity)
        {
            var larger = Math.Max(FirstStrings, 2 * Strings.Capacity);
            ByteStrings.Reserve(larger - Strings.Capacity, memory.Reservation);
            Strings.Capacity = larger;
        }

        Strings.Add(text);
    }

    private ReadOnlyMemory<byte> Unescape(ref Utf8JsonReader reader)
    {
        if (_unescaped.Length < reader.ValueSpan.Length)
            _unescaped = memory.Rent(Math.Max(UnescapedBytes, reader.ValueSpan.Length));
        var length = reader.CopyString(_unescaped.Span);
        var text = _unescaped[..length];
        _unescaped = _unescaped[length..];
        return text;
    }

    private void GrowForOneMore()
    {
        if ((Count + 1L) * _size > Array.MaxLength)
            throw Fault($"has more elements than the limit of {Array.MaxLength / _size}");
        Grow((int)Math.Min(Array.MaxLength, Math.Max(FirstBytes, 2L * _bytes.Length)));
    }

    private void Grow(int bytes)
    {
        if (bytes > _bytes.Length)
            _bytes = memory.Grow(_bytes, Count * _size, bytes);
    }

    private string Expected() => datatype switch
    {
        TensorDatatype.Bool => "true or false",
        TensorDatatype.Bytes => "a string",
        TensorDatatype.Fp16 or TensorDatatype.Fp32 or TensorDatatype.Fp64 =>
            $"a number that {datatype.ToName()} can hold, nor \"NaN\", \"Infinity\" or \"-Infinity\"",
        _ => $"a whole number that {datatype.ToName()} can hold",
    };

    private ServingException Fault(string message) => new(ServingErrorCode.InvalidRequest, $"{label}: {message}");

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Write<T>(bool isGood, T value, ref byte target)
        where T : unmanaged
    {
        Unsafe.WriteUnaligned(ref target, value);
        return isGood;
    }
}
