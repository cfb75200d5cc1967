using Microsoft.Extensions.Logging.Abstractions;
using SeqServe.Core.Backends;
using SeqServe.Onnx;

namespace SeqServe.UnitTests.Onnx;

/// <summary>The real backend on the CPU.</summary>
internal static class OnnxBackends
{
    private static readonly OnnxOptions s_cpu = new() { Device = DevicePreference.Cpu, Threads = 2 };

    public static SessionFactory Sessions(OnnxOptions? options = null) =>
        new(options ?? s_cpu, new ExecutionProviders(options ?? s_cpu, NullLogger<ExecutionProviders>.Instance), NullLogger<SessionFactory>.Instance);

    public static OnnxBackendFactory Factory(OnnxOptions? options = null) => new(Sessions(options));
}
