using SeqServe.Core.Backends;
using SeqServe.Onnx;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Registers ONNX Runtime as the backend.</summary>
public static class SeqServeOnnxServiceCollectionExtensions
{
    /// <summary>Adds the backend factory. The host adds <see cref="OnnxOptions"/>.</summary>
    public static IServiceCollection AddSeqServeOnnx(this IServiceCollection services) => services
        .AddSingleton<ExecutionProviders>()
        .AddSingleton<SessionFactory>()
        .AddSingleton<IBackendFactory, OnnxBackendFactory>();

    /// <summary>Refuses a start that asks for a device this build cannot use.</summary>
    /// <exception cref="BackendException">CUDA is asked for and the provider is not there.</exception>
    public static void ValidateSeqServeOnnx(this IServiceProvider services) => services.GetRequiredService<ExecutionProviders>().Validate();
}
