using System.Threading.RateLimiting;
using SeqServe.Api.Errors;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Security;

/// <summary>While API keys are configured, lets only requests with a known key into the API, each within its rate. Health, metrics and Swagger stay open.</summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, ApiKeys keys)
{
    private const string Header = "X-Api-Key";
    private const string Scheme = "Bearer ";

    public Task InvokeAsync(HttpContext context)
    {
        if (keys.Any && context.Request.Path.StartsWithSegments("/v1", StringComparison.OrdinalIgnoreCase))
            Admit(context);
        return next(context);
    }

    private void Admit(HttpContext context)
    {
        var key = keys.Find(Sent(context.Request))
            ?? throw new ServingException(ServingErrorCode.Unauthorized, "Send a known key as \"Authorization: Bearer <key>\" or \"X-Api-Key: <key>\".");
        if (!key.IsAdmin && context.GetEndpoint()?.Metadata.GetMetadata<AdminOnlyAttribute>() is not null)
            throw new ServingException(ServingErrorCode.Forbidden, ProblemKinds.Forbidden.Example);
        using var lease = key.Limiter.AttemptAcquire();
        if (lease.IsAcquired)
            return;
        lease.TryGetMetadata(MetadataName.RetryAfter, out var wait);
        throw new ServingException(ServingErrorCode.RateLimited, $"The key may send {key.RequestsPerMinute} requests a minute. Retry after the time in Retry-After.") { RetryAfter = wait };
    }

    private static string Sent(HttpRequest request)
    {
        string? authorization = request.Headers.Authorization;
        return authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) == true
            ? authorization[Scheme.Length..].Trim()
            : request.Headers[Header].ToString();
    }
}
