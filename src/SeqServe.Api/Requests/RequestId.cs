namespace SeqServe.Api.Requests;

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

/// <summary>The header by which a caller names a request; the name is also the request's identifier in the log.</summary>
internal static class RequestId
{
    public const string Header = "X-Request-Id";
    private const int MaxCharacters = 128;

    /// <summary>The identifier of a request: the caller's, where it is usable.</summary>
    public static string Of(HttpContext context)
    {
        string? sent = context.Request.Headers[Header];
        return IsUsable(sent) ? sent! : context.TraceIdentifier;
    }

    // What goes back into a header and into a log line must be short and visible ASCII.
    private static bool IsUsable(string? id) => id is { Length: > 0 and <= MaxCharacters } && id.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;
}
