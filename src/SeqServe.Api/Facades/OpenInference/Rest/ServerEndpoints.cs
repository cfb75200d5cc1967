using Microsoft.Extensions.Diagnostics.HealthChecks;
using SeqServe.Api.Json;
using SeqServe.Api.Observability;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>What the server is, and whether it is live and ready.</summary>
internal sealed class ServerEndpoints(HealthCheckService health, JsonAnswers answers)
{
    // Names of Triton's documents; what is not named here is ignored or refused by name.
    private static readonly ServerMetadata s_metadata = new(
        OpenInferenceServer.Name,
        OpenInferenceServer.Version,
        ["binary_tensor_data", "model_configuration", "model_repository", "parameters", "sequence", "statistics"]);

    public Task MetadataAsync(HttpContext context) => answers.WriteAsync(context.Response, s_metadata, OipJson.Answers.ServerMetadata);

    public Task LiveAsync(HttpContext context) => answers.WriteAsync(context.Response, new ServerLive(true), OipJson.Answers.ServerLive);

    public async Task ReadyAsync(HttpContext context)
    {
        var report = await health.CheckHealthAsync(HealthEndpoints.IsOfReadiness, context.RequestAborted);
        var isReady = report.Status == HealthStatus.Healthy;
        context.Response.StatusCode = isReady ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await answers.WriteAsync(context.Response, new ServerReady(isReady), OipJson.Answers.ServerReady);
    }
}
