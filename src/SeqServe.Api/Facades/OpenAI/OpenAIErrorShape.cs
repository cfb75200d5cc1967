using System.Text.Json;
using SeqServe.Api.Errors;
using SeqServe.Api.Facades.OpenAI.Contracts;

namespace SeqServe.Api.Facades.OpenAI;

/// <summary>Failures of OpenAI's routes, as its clients read them.</summary>
internal sealed class OpenAIErrorShape : ErrorShape
{
    public override string MediaType => "application/json";

    public override Type Contract => typeof(OpenAIErrorResponse);

    /// <summary>None: its clients know a failure in a stream by the field <c>error</c>.</summary>
    public override string? EventName => null;

    public override byte[] Write(Failure failure, string traceId) => JsonSerializer.SerializeToUtf8Bytes(
        new OpenAIErrorResponse(new OpenAIError
        {
            Message = FailureWriter.Text(failure, traceId),
            Type = TypeOf(failure.Kind.Status),
            Param = failure.Errors?.Keys.FirstOrDefault(),
            Code = CodeOf(failure.Kind),
        }),
        OpenAIJson.Answers.OpenAIErrorResponse);

    private static string TypeOf(int status) => status switch
    {
        401 => "authentication_error",
        429 => "rate_limit_error",
        >= 500 => "server_error",
        _ => "invalid_request_error",
    };

    // Where OpenAI has a name of its own that clients look for, it is used.
    private static string CodeOf(ProblemKind kind) =>
        kind == ProblemKinds.InputTooLong ? "context_length_exceeded"
        : kind == ProblemKinds.Unauthorized ? "invalid_api_key"
        : kind == ProblemKinds.RateLimited ? "rate_limit_exceeded"
        : kind.Slug.Replace('-', '_');
}
