using Prometheus;
using SeqServe.Api.Pipeline.Metadata;

namespace SeqServe.Api.Observability;

/// <summary>The route <c>/metrics</c>.</summary>
internal static class MetricsSetup
{
    public static IServiceCollection AddSeqServeMetrics(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton(_ =>
        {
            // A registry of its own: the process-wide one is shared by all hosts of a process.
            var registry = Metrics.NewCustomRegistry();
            DotNetStats.Register(registry);
            return registry;
        });
        services.AddSingleton<PrometheusBridge>();
        return services;
    }

    public static void MapSeqServeMetrics(this IEndpointRouteBuilder routes)
    {
        routes.ServiceProvider.GetRequiredService<PrometheusBridge>();
        routes.MapMetrics("/metrics", routes.ServiceProvider.GetRequiredService<CollectorRegistry>()).AsProbe();
    }
}
