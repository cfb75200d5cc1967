using SeqServe.Api.Facades.OpenInference.Grpc;
using SeqServe.Api.Facades.OpenInference.Rest;

namespace SeqServe.Api.Facades.OpenInference;

/// <summary>Registers the Open Inference Protocol, over REST and gRPC.</summary>
internal static class OpenInferenceFacades
{
    public static IServiceCollection AddOpenInferenceFacade(this IServiceCollection services) => services.AddOpenInferenceRest().AddOpenInferenceGrpc();
}
