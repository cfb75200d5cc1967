namespace SeqServe.Api.Pipeline;

/// <summary>Echoes the caller's <c>X-Request-Id</c> or makes one; it is also the request's identifier in the log.</summary>
internal sealed class RequestIdMiddleware(RequestDelegate next)
{
    public const string Header = "X-Request-Id";
    private const int MaxCharacters = 128;

    public Task InvokeAsync(HttpContext context)
    {
        context.TraceIdentifier = Of(context);
        // As the answer starts: whoever writes a problem clears the headers set before.
        context.Response.OnStarting(static state => AddHeader((HttpContext)state), context);
        return next(context);
    }

    /// <summary>The identifier of a request: the caller's, where it is usable.</summary>
    public static string Of(HttpContext context)
    {
        string? sent = context.Request.Headers[Header];
        return IsUsable(sent) ? sent! : context.TraceIdentifier;
    }

    private static Task AddHeader(HttpContext context)
    {
        context.Response.Headers[Header] = context.TraceIdentifier;
        return Task.CompletedTask;
    }

    // What goes back into a header and into a log line must be short and visible ASCII.
    private static bool IsUsable(string? id) => id is { Length: > 0 and <= MaxCharacters } && id.AsSpan().IndexOfAnyExceptInRange('!', '~') < 0;
}
