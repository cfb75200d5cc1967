using Grpc.Core;
using SeqServe.Api.Errors;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>The error table as gRPC statuses.</summary>
internal static class GrpcFaults
{
    private const string RetryAfter = "retry-after";

    // A status is a header, and some clients take no more than 8 KiB of headers, in which a character can take nine bytes.
    private const int MaxDetail = 800;

    /// <summary>The status of a failure; the time of a retry goes into the trailers.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="traceId">The call's trace, which a failure of the server names.</param>
    public static RpcException Of(Failure failure, string traceId)
    {
        var trailers = new Metadata();
        if (failure.RetryAfter is { } wait)
            trailers.Add(RetryAfter, FailureWriter.RetryAfter(wait));
        return new RpcException(new Status(CodeOf(failure.Kind), Shorten(FailureText.Of(failure, traceId))), trailers);
    }

    private static string Shorten(string detail) => detail.Length <= MaxDetail ? detail : string.Concat(detail.AsSpan(0, MaxDetail - 1), "…");

    private static StatusCode CodeOf(ProblemKind kind) => kind == ProblemKinds.LoadFailed ? StatusCode.FailedPrecondition
        : kind == ProblemKinds.NotFound ? StatusCode.Unimplemented
        : CodeOf(kind.Status);

    private static StatusCode CodeOf(int status) => status switch
    {
        400 or 415 or 422 => StatusCode.InvalidArgument,
        401 => StatusCode.Unauthenticated,
        403 => StatusCode.PermissionDenied,
        404 => StatusCode.NotFound,
        405 => StatusCode.Unimplemented,
        409 => StatusCode.FailedPrecondition,
        413 or 429 => StatusCode.ResourceExhausted,
        503 => StatusCode.Unavailable,
        408 or 504 => StatusCode.DeadlineExceeded,
        _ => StatusCode.Internal,
    };
}
