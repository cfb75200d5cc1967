using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Security;

namespace SeqServe.Api.Observability;

/// <summary>The routes <c>/health/live</c>, <c>/health/ready</c> and <c>/health/startup</c>.</summary>
internal static class HealthEndpoints
{
    public const string Ready = "ready";
    private const string Startup = "startup";

    public static IServiceCollection AddSeqServeHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck<ModelsHealthCheck>("models", tags: [Ready])
            .AddCheck<StartupHealthCheck>("startup", tags: [Startup]);
        return services;
    }

    public static void MapSeqServeHealth(this IEndpointRouteBuilder routes)
    {
        // Live asks nothing but that the process answers: a failing check here would make an orchestrator restart a server that only waits for its models.
        Map(routes, "live", _ => false);
        Map(routes, Ready, IsOfReadiness);
        Map(routes, Startup, check => check.Tags.Contains(Startup));
    }

    /// <summary>Whether a check is one of readiness.</summary>
    public static bool IsOfReadiness(HealthCheckRegistration check) => check.Tags.Contains(Ready);

    private static void Map(IEndpointRouteBuilder routes, string name, Func<HealthCheckRegistration, bool> predicate) =>
        routes.MapHealthChecks($"/health/{name}", new HealthCheckOptions { Predicate = predicate, ResponseWriter = WriteAsync }).AsProbe();

    private static Task WriteAsync(HttpContext context, HealthReport report) => context.Response.WriteAsJsonAsync(
        new
        {
            status = report.Status == HealthStatus.Healthy ? "ok" : "unavailable",
            reason = string.Join("; ", report.Entries.Values.Select(e => e.Description)),
            // Reasons name files and what is in them.
            models = context.RequestServices.GetRequiredService<ApiKeyGate>().Knows(context)
                ? report.Entries.Values.SelectMany(e => e.Data).ToDictionary(d => d.Key, d => d.Value)
                : [],
        },
        context.RequestAborted);
}
