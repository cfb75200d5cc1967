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
