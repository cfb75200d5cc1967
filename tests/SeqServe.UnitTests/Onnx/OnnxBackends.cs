using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SeqServe.Core.Backends;
using SeqServe.Onnx;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Decoding;
using SeqServe.Onnx.Encoders;
using SeqServe.Onnx.Providers;
using SeqServe.Onnx.Sessions;
using SeqServe.Onnx.Tensors;

namespace SeqServe.UnitTests.Onnx;

/// <summary>The real backend on the CPU.</summary>
internal static class OnnxBackends
{
    private static readonly OnnxOptions s_cpu = new() { Device = "cpu", Threads = 2 };

    public static ExecutionProviders Providers(OnnxOptions? options = null, ILogger<ExecutionProviders>? logger = null, params IExecutionProvider[] more) =>
        new([new CpuProvider(), new CudaProvider(() => options ?? s_cpu), .. more], options ?? s_cpu, logger ?? NullLogger<ExecutionProviders>.Instance);

    public static SessionFactory Sessions(OnnxOptions? options = null, ExecutionProviders? providers = null, ILogger<SessionFactory>? logger = null) =>
        new(options ?? s_cpu, providers ?? Providers(options), logger ?? NullLogger<SessionFactory>.Instance);

    public static OnnxBackendFactory Factory() =>
        new([new EncoderBinding(), new TranslatorBinding(), new LanguageModelBinding(), new TensorBinding()], Sessions());

    public static IEncoderBackend OpenClassifier(string file, InstanceOptions? instances = null, GraphContract? contract = null) =>
        Factory().Open<IEncoderBackend>(new GraphSet(contract ?? ClassifierContract.Default, file) { Instances = instances ?? new InstanceOptions() });
}
