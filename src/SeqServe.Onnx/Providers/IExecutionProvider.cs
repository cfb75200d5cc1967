using System.Globalization;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;

namespace SeqServe.Onnx.Providers;

/// <summary>
/// What computes the operators of a session. Registered as a list: of those that can be used, <c>auto</c> takes the one that was registered last, and the CPU
/// is registered first.
/// </summary>
public interface IExecutionProvider
{
    /// <summary>What configuration and manifests call it, in lower case.</summary>
    string Name { get; }

    /// <summary>Whether this build of ONNX Runtime has it. That there is a device as well shows when a session is made.</summary>
    bool IsAvailable { get; }

    /// <summary>Why it is not available and what to do, as the middle of a sentence.</summary>
    string Absence { get; }

    /// <summary>Whether one session serves any number of runs at once. If not, each session is given to one run at a time.</summary>
    bool RunsSideBySide { get; }

    /// <summary>Whether a run computes on threads of the process's CPU budget. If not, threads of a run are not a matter of the budget.</summary>
    bool UsesCpuThreads { get; }

    /// <summary>The arenas that a run can shrink at its end, as <c>onnxruntime_run_options_config_keys.h</c> writes them; null for none.</summary>
    string? Arenas { get; }

    /// <summary>Most that a number may differ from the same row's in another batch, by the order in which a kernel adds.</summary>
    float Tolerance => Tolerances.Full;

    /// <summary>Adds it to the options of a session.</summary>
    /// <exception cref="BackendException">It cannot be used.</exception>
    /// <exception cref="OnnxRuntimeException">It cannot be used.</exception>
    void Append(SessionOptions session);
}

/// <summary>The CPU, which every build has and which is part of every session.</summary>
internal sealed class CpuProvider : IExecutionProvider
{
    public string Name => "cpu";

    public bool IsAvailable => true;

    public string Absence => "";

    public bool RunsSideBySide => true;

    public bool UsesCpuThreads => true;

    public string? Arenas => "cpu:0";

    public void Append(SessionOptions session)
    {
    }
}

/// <summary>NVIDIA's GPUs, in builds with <c>OnnxRuntimeFlavor=gpu</c>.</summary>
/// <param name="options">The process's options, not asked for before a session is made: whoever validates them asks for the names of providers.</param>
internal sealed class CudaProvider(Func<OnnxOptions> options) : IExecutionProvider
{
    private readonly Lazy<bool> _isAvailable = new(
        () => OnnxEnvironment.Get(maxRunBytes: options().MaxRunBytes).GetAvailableProviders().Contains("CUDAExecutionProvider"));

    public string Name => "cuda";

    public bool IsAvailable => _isAvailable.Value;

    public string Absence => "this build has no CUDA provider. Build with -p:OnnxRuntimeFlavor=gpu";

    public float Tolerance => options().Cuda.AllowTf32 ? Tolerances.Tf32 : Tolerances.Full;

    public bool RunsSideBySide => false;

    public bool UsesCpuThreads => false;

    // Inputs and outputs are in the CPU's arena; that of the device is not shrunk.
    public string? Arenas => "cpu:0";

    public void Append(SessionOptions session)
    {
        using var cuda = new OrtCUDAProviderOptions();
        cuda.UpdateOptions(Settings(options().Cuda));
        session.AppendExecutionProvider_CUDA(cuda);
    }

    /// <summary>The provider's options, under the names of <c>cuda_provider_options.h</c>.</summary>
    internal static Dictionary<string, string> Settings(CudaOptions cuda)
    {
        var settings = new Dictionary<string, string>
        {
            ["device_id"] = cuda.DeviceId.ToString(CultureInfo.InvariantCulture),
            // On by default there: with it the answers of a row in batches of different sizes differ by up to 1e-2.
            ["use_tf32"] = cuda.AllowTf32 ? "1" : "0",
            ["arena_extend_strategy"] = cuda.ArenaGrowth == ArenaGrowth.AsRequested ? "kSameAsRequested" : "kNextPowerOfTwo",
        };
        if (cuda.MemoryLimit is { } limit)
            settings["gpu_mem_limit"] = limit.ToString(CultureInfo.InvariantCulture);
        return settings;
    }
}
