using SeqServe.Api.Facades.OpenInference.Rest;

namespace SeqServe.Api.Security;

/// <summary>Guards the native API and the Open Inference Protocol. Health, metrics and Swagger stay open; protocols that carry keys in bodies ask the gate themselves.</summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, ApiKeyGate gate)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (IsGuarded(context.Request.Path))
            gate.Admit(context);
        return next(context);
    }

    private static bool IsGuarded(PathString path) =>
        path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase)
        || (path.StartsWithSegments(OpenInferenceSetup.Root, StringComparison.OrdinalIgnoreCase) && !path.StartsWithSegments(OpenInferenceSetup.Health, StringComparison.OrdinalIgnoreCase));
}
