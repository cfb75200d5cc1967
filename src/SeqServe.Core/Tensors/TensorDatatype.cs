namespace SeqServe.Core.Tensors;

/// <summary>What the elements of a tensor are, as the Open Inference Protocol names them.</summary>
public enum TensorDatatype
{
    /// <summary>One byte, 0 or 1.</summary>
    Bool,

    /// <summary>8-bit integer.</summary>
    Int8,

    /// <summary>16-bit integer.</summary>
    Int16,

    /// <summary>32-bit integer.</summary>
    Int32,

    /// <summary>64-bit integer.</summary>
    Int64,

    /// <summary>8-bit integer without sign.</summary>
    Uint8,

    /// <summary>16-bit integer without sign.</summary>
    Uint16,

    /// <summary>32-bit integer without sign.</summary>
    Uint32,

    /// <summary>64-bit integer without sign.</summary>
    Uint64,

    /// <summary>IEEE 754 half precision.</summary>
    Fp16,

    /// <summary>The upper half of an <see cref="Fp32"/>; as raw bytes only.</summary>
    Bf16,

    /// <summary>IEEE 754 single precision.</summary>
    Fp32,

    /// <summary>IEEE 754 double precision.</summary>
    Fp64,

    /// <summary>Byte strings of any length, UTF-8 where they are text.</summary>
    Bytes,
}

/// <summary>Names and sizes of the datatypes.</summary>
public static class TensorDatatypes
{
    private static readonly (string Name, int Size)[] s_all =
    [
        ("BOOL", 1), ("INT8", 1), ("INT16", 2), ("INT32", 4), ("INT64", 8), ("UINT8", 1), ("UINT16", 2), ("UINT32", 4), ("UINT64", 8),
        ("FP16", 2), ("BF16", 2), ("FP32", 4), ("FP64", 8), ("BYTES", 0),
    ];

    /// <summary>Every datatype by its name.</summary>
    public static IReadOnlyDictionary<string, TensorDatatype> ByName { get; } =
        Enum.GetValues<TensorDatatype>().ToDictionary(type => type.ToName(), StringComparer.Ordinal);

    /// <summary>The datatype's name in the protocol.</summary>
    public static string ToName(this TensorDatatype type) => s_all[(int)type].Name;

    /// <summary>Bytes of an element; 0 for <see cref="TensorDatatype.Bytes"/>, whose elements have lengths of their own.</summary>
    public static int ElementSize(this TensorDatatype type) => s_all[(int)type].Size;
}
