using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Onnx;

/// <summary>Chooses the execution provider of a session.</summary>
/// <param name="options">The process-wide wish.</param>
/// <param name="logger">Where the choice is told, once.</param>
internal sealed partial class ExecutionProviders(OnnxOptions options, ILogger<ExecutionProviders> logger)
{
    internal const string Cuda = "cuda";
    internal const string Cpu = "cpu";

    private const string CudaProvider = "CUDAExecutionProvider";

    private readonly Lazy<bool> _hasCuda = new(() =>
    {
        var present = OnnxEnvironment.Get(logger).GetAvailableProviders().Contains(CudaProvider);
        if (options.Device != DevicePreference.Cpu)
            DeviceChosen(logger, present ? "present" : "not part of this build");
        return present;
    });

    /// <summary>Refuses a start that asks for a device this build cannot use.</summary>
    /// <exception cref="BackendException">CUDA is asked for and the provider is not there.</exception>
    public void Validate()
    {
        if (options.Device == DevicePreference.Cuda && !_hasCuda.Value)
            throw NoCuda();
    }

    /// <summary>Adds the provider to a session's options.</summary>
    /// <param name="wish">The model's wish; <see cref="DevicePreference.Auto"/> defers to the process's.</param>
    /// <param name="session">The options to add to.</param>
    /// <returns><c>cpu</c> or <c>cuda</c>.</returns>
    /// <exception cref="BackendException">CUDA is asked for and cannot be had.</exception>
    public string Append(DevicePreference wish, SessionOptions session)
    {
        var effective = wish == DevicePreference.Auto ? options.Device : wish;
        if (effective == DevicePreference.Cpu)
            return Cpu;
        if (!_hasCuda.Value)
            return effective == DevicePreference.Cuda ? throw NoCuda() : Cpu;
        session.AppendExecutionProvider_CUDA();
        return Cuda;
    }

    /// <summary>Whether a session that could not be made may be tried again on the CPU; says so in the log.</summary>
    public bool MayFallBack(DevicePreference wish, BackendException fault)
    {
        var effective = wish == DevicePreference.Auto ? options.Device : wish;
        if (effective != DevicePreference.Auto || !_hasCuda.Value)
            return false;
        DeviceFallback(logger, fault);
        return true;
    }

    private static BackendException NoCuda() =>
        new("Device \"cuda\" is asked for and this build has no CUDA provider. Build with -p:OnnxRuntimeFlavor=gpu, or set the device to \"auto\" or \"cpu\".");

    [LoggerMessage(EventIds.DeviceChosen, LogLevel.Information, "CUDA execution provider: {Presence}")]
    private static partial void DeviceChosen(ILogger logger, string presence);

    [LoggerMessage(EventIds.DeviceFallback, LogLevel.Warning, "CUDA cannot be used; the CPU is used instead")]
    private static partial void DeviceFallback(ILogger logger, Exception exception);
}
