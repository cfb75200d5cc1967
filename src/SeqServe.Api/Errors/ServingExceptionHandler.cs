using Microsoft.AspNetCore.Diagnostics;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Errors;

/// <summary>Turns whatever a request threw into its row of the error table. What a caller sees never holds a path or a stack trace.</summary>
internal sealed partial class ServingExceptionHandler(ILogger<ServingExceptionHandler> logger) : IExceptionHandler
{
    // Nobody reads it: the client has closed the request. The number is nginx's.
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        switch (exception)
        {
            case ServingException e:
                await ProblemWriter.WriteAsync(context, ProblemKinds.Of(e.Code), e.Message, e.FieldErrors, e.RetryAfter);
                break;
            case OperationCanceledException or IOException when context.RequestAborted.IsCancellationRequested:
                context.Response.StatusCode = ClientClosedRequest;
                break;
            case BadHttpRequestException e:
                await ProblemWriter.WriteAsync(context, ProblemKinds.OfStatus(e.StatusCode), e.StatusCode == 413 ? "The body is larger than this server takes; send fewer or shorter inputs." : e.Message);
                break;
            default:
                // The middleware no longer logs what a handler takes over.
                UnhandledException(logger, context.Request.Path.ToUriComponent(), exception);
                await ProblemWriter.WriteAsync(context, ProblemKinds.Internal, ProblemKinds.Internal.Example);
                break;
        }

        return true;
    }

    [LoggerMessage(EventIds.UnhandledException, LogLevel.Error, "Unhandled exception at {RequestPath}")]
    private static partial void UnhandledException(ILogger logger, string requestPath, Exception exception);
}
