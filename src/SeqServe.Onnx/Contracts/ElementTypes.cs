using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.Core.Tensors;

namespace SeqServe.Onnx.Contracts;

/// <summary>The protocol's datatypes in ONNX Runtime's words.</summary>
internal static class ElementTypes
{
    private static readonly (TensorDatatype Datatype, TensorElementType Type)[] s_pairs =
    [
        (TensorDatatype.Bool, TensorElementType.Bool),
        (TensorDatatype.Int8, TensorElementType.Int8),
        (TensorDatatype.Int16, TensorElementType.Int16),
        (TensorDatatype.Int32, TensorElementType.Int32),
        (TensorDatatype.Int64, TensorElementType.Int64),
        (TensorDatatype.Uint8, TensorElementType.UInt8),
        (TensorDatatype.Uint16, TensorElementType.UInt16),
        (TensorDatatype.Uint32, TensorElementType.UInt32),
        (TensorDatatype.Uint64, TensorElementType.UInt64),
        (TensorDatatype.Fp16, TensorElementType.Float16),
        (TensorDatatype.Bf16, TensorElementType.BFloat16),
        (TensorDatatype.Fp32, TensorElementType.Float),
        (TensorDatatype.Fp64, TensorElementType.Double),
        (TensorDatatype.Bytes, TensorElementType.String),
    ];

    private static readonly Dictionary<TensorDatatype, TensorElementType> s_types = s_pairs.ToDictionary(p => p.Datatype, p => p.Type);
    private static readonly Dictionary<TensorElementType, TensorDatatype> s_datatypes = s_pairs.ToDictionary(p => p.Type, p => p.Datatype);

    public static TensorElementType ToElementType(this TensorDatatype datatype) => s_types[datatype];

    /// <summary>Null for what the protocol has no name for.</summary>
    public static TensorDatatype? ToDatatype(this TensorElementType type) => s_datatypes.TryGetValue(type, out var datatype) ? datatype : null;
}
