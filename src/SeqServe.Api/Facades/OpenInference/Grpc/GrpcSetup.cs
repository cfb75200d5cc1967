using Grpc.AspNetCore.Server;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Observability;
using SeqServe.Api.Pipeline.Metadata;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>The Open Inference Protocol over gRPC, with the health service and reflection.</summary>
internal sealed class GrpcFacade : IFacade
{
    /// <summary>Where the calls of the service begin.</summary>
    public const string Path = "/inference.GRPCInferenceService";

    public IReadOnlyList<PathString> Paths { get; } = [Path];

    public string MediaType => GrpcErrorShape.GrpcType;

    public IReadOnlyList<object> Metadata { get; } = [new GrpcErrorShape()];

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGrpcService<InferenceService>().Add(CallEndpoint.Use);
        routes.MapGrpcHealthChecksService().AsProbe().Add(CallEndpoint.Use);
        routes.MapGrpcReflectionService().AsOpen().Add(CallEndpoint.Use);
    }
}

/// <summary>Registers the protocol over gRPC.</summary>
internal static class GrpcSetup
{
    public static IServiceCollection AddOpenInferenceGrpc(this IServiceCollection services)
    {
        services.AddGrpc(grpc =>
        {
            grpc.Interceptors.Add<GrpcCalls>();
            // Its catch-all routes would take part in every choice of a route, and 405 and 415 of the others become 404.
            grpc.IgnoreUnknownServices = true;
        });
        services.AddOptions<GrpcServiceOptions>().Configure<IOptions<SeqServeOptions>>((grpc, options) =>
        {
            // The same limit as for requests over REST.
            grpc.MaxReceiveMessageSize = (int)Math.Min(options.Value.MaxTensorRequestBytes, int.MaxValue);
            grpc.MaxSendMessageSize = null;
            // A compressed message would be expanded before it is counted, even for a caller without a key.
            grpc.CompressionProviders.Clear();
        });
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks(health =>
        {
            health.Services.Clear();
            foreach (var service in new[] { "", GrpcFacade.Path[1..] })
                health.Services.Map(service, check => check.Tags.Contains(HealthEndpoints.Ready));
        });
        return services
            .AddOpenInferenceServer()
            .AddFacade<GrpcFacade>()
            .AddSingleton<GrpcCalls>()
            .AddSingleton<InferRequests>()
            .AddSingleton<GrpcAddress>()
            .AddSingleton<IStartupFilter>(static provider => provider.GetRequiredService<GrpcAddress>());
    }
}
