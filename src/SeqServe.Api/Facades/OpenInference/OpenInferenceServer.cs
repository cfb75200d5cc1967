using System.Reflection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;

namespace SeqServe.Api.Facades.OpenInference;

/// <summary>What REST and gRPC have in common: the server's name and version, and the services that both use.</summary>
internal static class OpenInferenceServer
{
    public const string Name = "seqserve";

    /// <summary>What models were made for: the runtime and the kind of file, in Triton's words.</summary>
    public const string Platform = "onnx_onnxv1";

    public static string Version { get; } =
        typeof(OpenInferenceServer).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    public static IServiceCollection AddOpenInferenceServer(this IServiceCollection services)
    {
        services.TryAddSingleton<RepositoryCalls>();
        services.TryAddSingleton<ModelMetadataReader>();
        services.TryAddSingleton(static provider =>
        {
            var maxBodyBytes = provider.GetRequiredService<IOptions<SeqServeOptions>>().Value.MaxTensorRequestBytes;
            return new BodyBudget(BodyBudget.LimitOf(maxBodyBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes));
        });
        services.TryAddSingleton(static provider =>
        {
            var options = provider.GetRequiredService<IOptions<SeqServeOptions>>().Value;
            var limit = AnswerBudget.LimitOf(options.MaxTensorRequestBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
            return new AnswerBudget(options.MaxTensorAnswerBytes ?? limit);
        });
        return services;
    }
}
