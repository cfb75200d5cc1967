using System.Text.Json;
using SeqServe.Api.Errors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>Failures as clients of the Open Inference Protocol read them.</summary>
internal class OpenInferenceErrorShape : ErrorShape
{
    // Clients tell an unknown model from other failures by how the text begins.
    private const string UnknownModel = "Request for unknown model: ";

    public override string MediaType => "application/json";

    public override Type Contract => typeof(OipError);

    public override byte[] Write(Failure failure, string traceId) => JsonSerializer.SerializeToUtf8Bytes(new OipError(Text(failure)), OipJson.Answers.OipError);

    /// <summary>What is told of a failure, over REST and gRPC.</summary>
    public static string Text(Failure failure) => failure.Kind == ProblemKinds.ModelNotFound ? UnknownModel + failure.Detail : failure.Detail;
}
