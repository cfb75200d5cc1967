using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Connections;
using SeqServe.Api.Errors;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>Around every call of the service: statuses in place of exceptions. The key was asked for before the message was read.</summary>
internal sealed partial class GrpcCalls(TimeProvider time, ILogger<GrpcCalls> logger) : Interceptor
{
    // By the clock of a caller the deadline passes earlier, by the time that the call was under way. The number is a choice and was not measured.
    private static readonly TimeSpan s_underWay = TimeSpan.FromMilliseconds(200);

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        Begin(context);
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
        Begin(context);
        try
        {
            await continuation(requestStream, responseStream, context);
        }
        catch (RpcException e) when (CallEnd.IsUnreadable(e.StatusCode))
        {
            // The library's, of a message in the stream; those of the service are made below.
            throw Fail(CallEnd.Unreadable, context);
        }
        catch (Exception e) when (e is InvalidDataException or IOException && !HasLeft(e, context))
        {
            // The library's too: of a frame that is none, or of bytes behind the last one.
            throw Fail(CallEnd.Unreadable, context);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Fault(e, context);
        }
    }

    // The connection may be known to be gone before the call is.
    private static bool HasLeft(Exception exception, ServerCallContext context) =>
        exception is ConnectionResetException or ConnectionAbortedException
        || (context.CancellationToken.IsCancellationRequested && exception is OperationCanceledException or IOException);

    private RpcException Fault(Exception exception, ServerCallContext context)
    {
        if (HasLeft(exception, context))
        {
            return context.Deadline <= time.GetUtcNow().UtcDateTime + s_underWay
                ? Fail(Failure.Of(RequestDeadline.Over()), context)
                : new RpcException(new Status(StatusCode.Cancelled, "The caller cancelled the call."));
        }

        if (exception is InvalidProtocolBufferException)
            return Fail(CallEnd.Unreadable, context);
        if (exception is not (ServingException or BadHttpRequestException))
            UnhandledException(logger, context.Method, exception);
        return Fail(Failure.Of(exception), context);
    }

    private static void Begin(ServerCallContext context)
    {
        if (context.GetHttpContext().Features.Get<CountedBody>() is { } body)
            body.HasBegun = true;
    }

    private static RpcException Fail(Failure failure, ServerCallContext context)
    {
        // For log line and metrics: the HTTP status of a failed call is 200.
        context.GetHttpContext().Features.Set(failure.Kind);
        return GrpcFaults.Of(failure, FailureWriter.TraceId(context.GetHttpContext()));
    }

    [LoggerMessage(EventIds.UnhandledException, LogLevel.Error, "Unhandled exception at {Method}")]
    private static partial void UnhandledException(ILogger logger, string method, Exception exception);
}
