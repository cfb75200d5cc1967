using Microsoft.Extensions.Diagnostics.HealthChecks;
using SeqServe.Core.Registry;

namespace SeqServe.Api.Observability;

/// <summary>Started: every start-up model has been tried, with whatever result.</summary>
internal sealed class StartupHealthCheck(ModelRegistry registry) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(registry.HasStarted ? HealthCheckResult.Healthy("started") : HealthCheckResult.Unhealthy("loading models"));
}
