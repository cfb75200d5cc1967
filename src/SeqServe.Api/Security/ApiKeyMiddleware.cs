using SeqServe.Api.Pipeline.Metadata;

namespace SeqServe.Api.Security;

/// <summary>Asks for a key before anything of a request is read, over every protocol alike, unless the route says that it is open.</summary>
internal sealed class ApiKeyMiddleware(RequestDelegate next, ApiKeyGate gate)
{
    public Task InvokeAsync(HttpContext context)
    {
        if (context.NeedsKey())
            gate.Admit(context);
        return next(context);
    }
}
