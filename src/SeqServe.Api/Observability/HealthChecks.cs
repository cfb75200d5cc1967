using Microsoft.Extensions.Diagnostics.HealthChecks;
using SeqServe.Core.Registry;

namespace SeqServe.Api.Observability;

/// <summary>Ready: every model that was there at the start is Ready, unless it was unloaded since, and the server is not shutting down.</summary>
internal sealed class ModelsHealthCheck(ModelRegistry registry, ServerReadiness readiness) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (readiness.IsEnding || registry.IsDraining)
            return HealthCheckResult.Unhealthy("draining");
        if (!registry.HasStarted)
            return HealthCheckResult.Unhealthy("loading models");
        if (!readiness.IsWarm)
            return HealthCheckResult.Unhealthy("warming up");
        var waiting = registry.List()
            .Where(m => m.IsExpected)
            .SelectMany(m => m.Versions.Where(v => v.Status.State != ModelState.Ready).Select(v => (m.Name, v.Version, v.Status)))
            .ToDictionary(v => $"{v.Name}/{v.Version}", object (v) => $"{v.Status.State}: {v.Status.Reason}");
        return waiting.Count == 0
            ? HealthCheckResult.Healthy("every model is Ready")
            : HealthCheckResult.Unhealthy("some models are not Ready", data: waiting);
    }
}

/// <summary>Started: every start-up model has been tried, with whatever result.</summary>
internal sealed class StartupHealthCheck(ModelRegistry registry) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(registry.HasStarted ? HealthCheckResult.Healthy("started") : HealthCheckResult.Unhealthy("loading models"));
}
