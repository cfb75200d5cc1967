using SeqServe.Api.Errors;

namespace SeqServe.Api.Facades.OpenInference;

/// <summary>Messages of failures, over REST and gRPC.</summary>
internal static class FailureText
{
    // Clients tell an unknown model from other failures by how the text begins.
    private const string UnknownModel = "Request for unknown model: ";

    public static string Of(Failure failure, string traceId) =>
        failure.Kind == ProblemKinds.ModelNotFound ? UnknownModel + failure.Detail : FailureWriter.Text(failure, traceId);
}
