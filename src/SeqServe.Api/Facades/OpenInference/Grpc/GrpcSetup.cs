using Grpc.AspNetCore.Server;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Observability;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>Registers the gRPC service, its health service and reflection.</summary>
internal static class GrpcSetup
{
    /// <summary>Where the calls of the service begin; they are counted, and drained, like those of the API.</summary>
    public const string Path = "/inference.GRPCInferenceService";

    public static IServiceCollection AddSeqServeGrpc(this IServiceCollection services)
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
        });
        services.AddGrpcReflection();
        services.AddGrpcHealthChecks(health =>
        {
            health.Services.Clear();
            foreach (var service in new[] { "", Path[1..] })
                health.Services.Map(service, check => check.Tags.Contains(HealthEndpoints.Ready));
        });
        return services.AddOpenInferenceServer().AddSingleton<GrpcCalls>().AddSingleton<InferRequests>().AddSingleton<IStartupFilter, GrpcAddress>();
    }

    public static void MapSeqServeGrpc(this WebApplication app)
    {
        app.MapGrpcService<InferenceService>().Add(CountedBody.Use);
        app.MapGrpcHealthChecksService().Add(CountedBody.Use);
        app.MapGrpcReflectionService().Add(CountedBody.Use);
    }
}
