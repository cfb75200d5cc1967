using Microsoft.AspNetCore.Diagnostics;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Errors;

/// <summary>Turns whatever a request threw into its row of the error table. What a caller sees never holds a path or a stack trace.</summary>
internal sealed partial class ServingExceptionHandler(ILogger<ServingExceptionHandler> logger) : IExceptionHandler
{
    // Not sent, since the client has closed the request. The number is nginx's.
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (CallerLeft.Caused(exception, context))
        {
            context.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        // The middleware no longer logs what a handler takes over.
        if (exception is not (ServingException or BadHttpRequestException))
            UnhandledException(logger, context.Request.Path.ToUriComponent(), exception);
        await FailureWriter.WriteAsync(context, Failure.Of(exception));
        return true;
    }

    [LoggerMessage(EventIds.UnhandledException, LogLevel.Error, "Unhandled exception at {RequestPath}")]
    private static partial void UnhandledException(ILogger logger, string requestPath, Exception exception);
}
