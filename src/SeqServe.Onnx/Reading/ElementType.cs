namespace SeqServe.Onnx.Reading;

/// <summary>Types of elements, by onnx.proto's <c>TensorProto.DataType</c>.</summary>
internal static class ElementType
{
    public const int Unknown = 0;
    public const int Float = 1;
    public const int Int32 = 6;
    public const int Int64 = 7;
    public const int Bool = 9;

    private const int UInt8 = 2;
    private const int Int8 = 3;
    private const int UInt16 = 4;
    private const int Int16 = 5;
    private const int UInt32 = 12;
    private const int UInt64 = 13;

    /// <summary>Whether elements are whole numbers.</summary>
    public static bool IsInteger(int type) => type is UInt8 or Int8 or UInt16 or Int16 or Int32 or Int64 or UInt32 or UInt64;

    /// <summary>Every value that an element may have, as a whole number.</summary>
    public static Quantity Range(int type) => type switch
    {
        Bool => new(0, 1),
        UInt8 => new(0, byte.MaxValue),
        Int8 => new(sbyte.MinValue, sbyte.MaxValue),
        UInt16 => new(0, ushort.MaxValue),
        Int16 => new(short.MinValue, short.MaxValue),
        Int32 => new(int.MinValue, int.MaxValue),
        UInt32 => new(0, uint.MaxValue),
        _ => Quantity.Any,
    };

    /// <summary>The elements of a tensor of whole numbers or truth values from its bytes; null for another type.</summary>
    public static List<long>? Decode(int type, byte[] raw)
    {
        var size = type switch { UInt8 or Int8 or Bool => 1, UInt16 or Int16 => 2, Int32 or UInt32 => 4, Int64 or UInt64 => 8, _ => 0 };
        if (size == 0 || raw.Length % size != 0)
            return null;
        var numbers = new List<long>(raw.Length / size);
        for (var i = 0; i < raw.Length; i += size)
        {
            numbers.Add(type switch
            {
                Int8 => (sbyte)raw[i],
                Int16 => BitConverter.ToInt16(raw, i),
                UInt16 => BitConverter.ToUInt16(raw, i),
                Int32 => BitConverter.ToInt32(raw, i),
                UInt32 => BitConverter.ToUInt32(raw, i),
                Int64 => BitConverter.ToInt64(raw, i),
                UInt64 => (long)Math.Min(BitConverter.ToUInt64(raw, i), long.MaxValue),
                _ => raw[i],
            });
        }

        return numbers;
    }
}
