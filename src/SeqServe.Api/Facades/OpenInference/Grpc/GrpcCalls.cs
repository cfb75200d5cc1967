using Grpc.Core;
using Grpc.Core.Interceptors;
using SeqServe.Api.Errors;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>Around every call of the service: statuses in place of exceptions. The key was asked for before the message was read.</summary>
internal sealed partial class GrpcCalls(TimeProvider time, ILogger<GrpcCalls> logger) : Interceptor
{
    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            return await continuation(request, context);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Fault(e, context);
        }
    }

    public override async Task DuplexStreamingServerHandler<TRequest, TResponse>(
        IAsyncStreamReader<TRequest> requestStream,
        IServerStreamWriter<TResponse> responseStream,
        ServerCallContext context,
        DuplexStreamingServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Fault(e, context);
        }
    }

    private RpcException Fault(Exception exception, ServerCallContext context)
    {
        if (context.CancellationToken.IsCancellationRequested && (exception is OperationCanceledException or IOException))
        {
            return new RpcException(context.Deadline <= time.GetUtcNow().UtcDateTime
                ? new Status(StatusCode.DeadlineExceeded, ProblemKinds.DeadlineExceeded.Example)
                : new Status(StatusCode.Cancelled, "The caller cancelled the call."));
        }

        if (exception is not (ServingException or BadHttpRequestException))
            UnhandledException(logger, context.Method, exception);
        var failure = Failure.Of(exception);
        // For log line and metrics: the HTTP status of a failed call is 200.
        context.GetHttpContext().Features.Set(failure.Kind);
        return GrpcFaults.Of(failure);
    }

    [LoggerMessage(EventIds.UnhandledException, LogLevel.Error, "Unhandled exception at {Method}")]
    private static partial void UnhandledException(ILogger logger, string method, Exception exception);
}
