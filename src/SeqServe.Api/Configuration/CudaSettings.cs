using SeqServe.Onnx;

namespace SeqServe.Api.Configuration;

/// <summary>How NVIDIA's GPUs are used, section <c>SeqServe:Cuda</c>.</summary>
public sealed class CudaSettings
{
    /// <summary>Whether matrix products may be computed in TF32: faster, and less exact.</summary>
    /// <value>Default false.</value>
    public bool AllowTf32 { get; set; }

    /// <summary>Number of the device, 0–255.</summary>
    /// <value>Default 0.</value>
    public int DeviceId { get; set; }

    /// <summary>Most bytes of the device's memory that the arena of each session takes, 16 MiB–1 TiB.</summary>
    /// <value>Default none.</value>
    public long? MemoryLimit { get; set; }

    /// <summary>By how much an arena grows.</summary>
    /// <value>Default <see cref="ArenaGrowth.AsRequested"/>.</value>
    public ArenaGrowth ArenaGrowth { get; set; }

    internal CudaOptions ToOptions() => new() { AllowTf32 = AllowTf32, DeviceId = DeviceId, MemoryLimit = MemoryLimit, ArenaGrowth = ArenaGrowth };
}
