namespace SeqServe.Core.Backends;

/// <summary>Which execution provider is wanted.</summary>
public enum DevicePreference
{
    /// <summary>CUDA where the provider and a device are present, else the CPU.</summary>
    Auto,

    /// <summary>CUDA or nothing.</summary>
    Cuda,

    /// <summary>The CPU.</summary>
    Cpu,
}
