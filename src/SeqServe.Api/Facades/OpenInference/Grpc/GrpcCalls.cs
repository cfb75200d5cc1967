using Grpc.Core;
using Grpc.Core.Interceptors;
using SeqServe.Api.Errors;
using SeqServe.Api.Security;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>Around every call of the service: keys before it, and statuses in place of exceptions after it. Health and reflection stay open.</summary>
internal sealed partial class GrpcCalls(ApiKeyGate gate, TimeProvider time, ILogger<GrpcCalls> logger) : Interceptor
{
    // As open as the health routes are: orchestrators ask them.
    private static readonly string[] s_open =
        [$"{GrpcSetup.Path}/{nameof(InferenceService.ServerLive)}", $"{GrpcSetup.Path}/{nameof(InferenceService.ServerReady)}"];

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        try
        {
            Admit(context);
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
            Admit(context);
            await continuation(requestStream, responseStream, context);
        }
        catch (Exception e) when (e is not RpcException)
        {
            throw Fault(e, context);
        }
    }

    private void Admit(ServerCallContext context)
    {
        if (context.Method.StartsWith(GrpcSetup.Path, StringComparison.Ordinal) && !s_open.Contains(context.Method, StringComparer.Ordinal))
            gate.Admit(context.GetHttpContext());
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
