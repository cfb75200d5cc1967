using System.Globalization;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades.OpenInference.Rest;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>
/// A failure before a call has begun, as gRPC says it: a status in the headers, and nothing else ("trailers only"). A request
/// that is not gRPC is answered as over REST.
/// </summary>
internal sealed class GrpcErrorShape : OpenInferenceErrorShape
{
    /// <summary>How the media types of gRPC begin.</summary>
    public const string GrpcType = "application/grpc";

    public override Task AnswerAsync(HttpContext context, Failure failure)
    {
        if (context.Request.ContentType?.StartsWith(GrpcType, StringComparison.OrdinalIgnoreCase) != true)
            return base.AnswerAsync(context, failure);
        var fault = GrpcFaults.Of(failure, FailureWriter.TraceId(context));
        var response = context.Response;
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = GrpcType;
        response.Headers["grpc-status"] = ((int)fault.StatusCode).ToString(CultureInfo.InvariantCulture);
        response.Headers["grpc-message"] = Uri.EscapeDataString(fault.Status.Detail);
        foreach (var entry in fault.Trailers)
            response.Headers[entry.Key] = entry.Value;
        return Task.CompletedTask;
    }
}
