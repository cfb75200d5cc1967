using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace SeqServe.Api.Errors;

/// <summary>Whether a request failed because its caller has left.</summary>
internal static class CallerLeft
{
    // The web server's text for a body of which the connection has ended.
    private const string CutShort = "Unexpected end of request content.";

    /// <summary>Whether an exception is that of a caller who has left; the request is aborted then.</summary>
    /// <remarks>The web server says that a request is aborted on a thread of its own, often after the body could not be read for that reason.</remarks>
    public static bool Caused(Exception exception, HttpContext context)
    {
        if (!(context.RequestAborted.IsCancellationRequested ? exception is OperationCanceledException or IOException : IsOfConnection(exception)))
            return false;
        // Else the web server looks for the rest of the body and for another request, cannot read either, and logs that as errors of its own. A connection of
        // HTTP/2 has other requests.
        context.Abort();
        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
            context.Features.Get<IConnectionLifetimeNotificationFeature>()?.RequestClose();
        context.RequestAborted = new CancellationToken(canceled: true);
        return true;
    }

    private static bool IsOfConnection(Exception exception) =>
        exception is ConnectionResetException or { InnerException: ConnectionResetException } or BadHttpRequestException { Message: CutShort };
}
