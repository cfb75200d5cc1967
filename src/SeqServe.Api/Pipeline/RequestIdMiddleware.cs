using SeqServe.Api.Requests;

namespace SeqServe.Api.Pipeline;

/// <summary>Echoes the caller's <c>X-Request-Id</c> or makes one.</summary>
internal sealed class RequestIdMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.TraceIdentifier = RequestId.Of(context);
        // As the answer starts: a problem is written after the headers set before have been cleared.
        context.Response.OnStarting(static state => AddHeader((HttpContext)state), context);
        return next(context);
    }

    private static Task AddHeader(HttpContext context)
    {
        context.Response.Headers[RequestId.Header] = context.TraceIdentifier;
        return Task.CompletedTask;
    }
}
