namespace SeqServe.Api.Security;

/// <summary>Guards the native API. Health, metrics and Swagger stay open; protocols that carry keys in bodies ask the gate themselves.</summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, ApiKeyGate gate)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase))
            gate.Admit(context);
        return next(context);
    }
}
