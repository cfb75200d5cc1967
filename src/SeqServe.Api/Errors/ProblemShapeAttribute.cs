using System.Text.Json;
using SeqServe.Api.Json;

namespace SeqServe.Api.Errors;

/// <summary>Failures of the native routes: RFC 9457.</summary>
internal sealed class ProblemShapeAttribute : ErrorShapeAttribute
{
    public override string MediaType => "application/problem+json";

    public override Type Contract => typeof(Problem);

    public override byte[] Write(Failure failure, string traceId) => JsonSerializer.SerializeToUtf8Bytes(
        new Problem
        {
            Type = failure.Kind.Type,
            Title = failure.Kind.Title,
            Status = failure.Kind.Status,
            Detail = failure.Detail,
            TraceId = traceId,
            Errors = failure.Errors,
        },
        ApiJson.Answers.Problem);
}
