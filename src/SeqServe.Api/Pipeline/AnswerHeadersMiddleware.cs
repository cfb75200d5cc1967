using SeqServe.Api.Requests;
using SeqServe.Api.Security;

namespace SeqServe.Api.Pipeline;

/// <summary>
/// Headers of every answer: the caller's <c>X-Request-Id</c> or one of the server's, and what keeps a browser from taking an answer for something else than it
/// is, from showing a page within another's, and from telling the next site where it came from.
/// </summary>
internal sealed class AnswerHeadersMiddleware(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        context.TraceIdentifier = RequestId.Of(context);
        // As the answer starts: a problem is written after the headers set before have been cleared.
        context.Response.OnStarting(static state => AddHeaders((HttpContext)state), context);
        return next(context);
    }

    private static Task AddHeaders(HttpContext context)
    {
        var response = context.Response;
        response.Headers[RequestId.Header] = context.TraceIdentifier;
        if (response.StatusCode >= 400 || response.ContentType?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) == true)
            BrowserGuards.Add(response);
        else
            response.Headers.XContentTypeOptions = "nosniff";
        return Task.CompletedTask;
    }
}
