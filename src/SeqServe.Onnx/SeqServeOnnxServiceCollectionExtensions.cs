using Microsoft.Extensions.DependencyInjection.Extensions;
using SeqServe.Core.Backends;
using SeqServe.Onnx;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Decoding;
using SeqServe.Onnx.Encoders;
using SeqServe.Onnx.Isolation;
using SeqServe.Onnx.Providers;
using SeqServe.Onnx.Sessions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers ONNX Runtime as the backend.</summary>
public static class SeqServeOnnxServiceCollectionExtensions
{
    /// <summary>
    /// Adds the backend factory. The host adds <see cref="OnnxOptions"/>, and a <see cref="WorkerLaunch"/> where graphs that could end the process are to be
    /// served.
    /// </summary>
    public static IServiceCollection AddSeqServeOnnx(this IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        return services.AddBackends();
    }

    /// <summary>Refuses a start that asks for a device this build cannot use.</summary>
    /// <exception cref="BackendException">The device is asked for, and it or its execution provider is not there.</exception>
    public static void ValidateSeqServeOnnx(this IServiceProvider services) => services.GetRequiredService<SessionFactory>().Validate();

    private static IServiceCollection AddBackends(this IServiceCollection services) => services
        .AddSingleton<IExecutionProvider, CpuProvider>()
        .AddSingleton<IExecutionProvider>(static provider => new CudaProvider(provider.GetRequiredService<OnnxOptions>))
        .AddSingleton<IGraphBinding, EncoderBinding>()
        .AddSingleton<IGraphBinding, TranslatorBinding>()
        .AddSingleton<IGraphBinding, LanguageModelBinding>()
        .AddSingleton<IGraphBinding, IsolatingTensorBinding>()
        .AddSingleton<ExecutionProviders>()
        .AddSingleton<SessionFactory>()
        .AddSingleton<IBackendFactory, OnnxBackendFactory>();
}
