using System.Text.Json;
using SeqServe.Api.Errors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>Failures as clients of the Open Inference Protocol read them.</summary>
internal class OpenInferenceErrorShape : ErrorShape
{
    public override string MediaType => "application/json";

    public override Type Contract => typeof(OipError);

    public override byte[] Write(Failure failure, string traceId) =>
        JsonSerializer.SerializeToUtf8Bytes(new OipError(FailureText.Of(failure, traceId)), OipJson.Answers.OipError);
}

/// <summary>A failure.</summary>
/// <param name="Error" example="Request for unknown model: No model of that name.">What is wrong and what to change.</param>
public sealed record OipError(string Error);
