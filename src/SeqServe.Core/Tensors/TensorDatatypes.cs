namespace SeqServe.Core.Tensors;

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
