namespace SeqServe.Onnx;

/// <summary>How sessions use an NVIDIA GPU.</summary>
public sealed class CudaOptions
{
    /// <summary>Whether matrix products may be computed in TF32: faster, with ten bits of mantissa.</summary>
    /// <value>Default false: single precision, as on the CPU.</value>
    public bool AllowTf32 { get; init; }

    /// <summary>Number of the device, as <c>nvidia-smi</c> counts.</summary>
    /// <value>Default 0.</value>
    public int DeviceId { get; init; }

    /// <summary>Most bytes that the arena of each session takes of the device's memory.</summary>
    /// <value>Default null: all there is.</value>
    public long? MemoryLimit { get; init; }

    /// <summary>By how much an arena grows.</summary>
    /// <value>Default <see cref="ArenaGrowth.AsRequested"/>.</value>
    public ArenaGrowth ArenaGrowth { get; init; }
}

/// <summary>By how much a session's arena grows when it has to.</summary>
public enum ArenaGrowth
{
    /// <summary>By what is asked for: little memory, more allocations until every batch size has been seen.</summary>
    AsRequested,

    /// <summary>To the next power of two: fewer allocations, up to twice the memory.</summary>
    PowerOfTwo,
}
