using SeqServe.Core.Backends;

namespace SeqServe.Onnx;

/// <summary>What all sessions of the process share.</summary>
public sealed class OnnxOptions
{
    /// <summary>Device for models whose manifest says <c>auto</c>: an execution provider's name, or <see cref="DeviceNames.Auto"/>.</summary>
    /// <value>Default <see cref="DeviceNames.Auto"/>.</value>
    public string Device { get; init; } = DeviceNames.Auto;

    /// <summary>How GPUs are used.</summary>
    public CudaOptions Cuda { get; init; } = new();

    /// <summary>Most bytes that the runs of bounded sessions take on the CPU, all together, beside weights, inputs and outputs that are read already.</summary>
    public const long DefaultMaxRunBytes = 2L << 30;

    /// <summary>As <see cref="DefaultMaxRunBytes"/>. A run that needs more fails.</summary>
    /// <value>Default 2 GiB. At most 4 GiB; of the process, so that the first session decides.</value>
    public long MaxRunBytes { get; init; } = DefaultMaxRunBytes;

    /// <summary>CPU budget of the process, in threads.</summary>
    /// <value>Default <see cref="Environment.ProcessorCount"/>, which the runtime takes from the cgroup's CPU quota, not from the host.</value>
    public int Threads { get; init; } = Environment.ProcessorCount;
}
