using SeqServe.Api.Requests;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>How long an answer is of use to its caller.</summary>
internal static class RequestTimeout
{
    private const string Parameter = "timeout";
    private const long MaxMicroseconds = 3_600_000_000;

    /// <summary>The time that the header gives, else the parameter as Triton's clients send it, in microseconds, where 0 is none; or null.</summary>
    /// <exception cref="ServingException">It is no time in range.</exception>
    public static TimeSpan? Of(HttpRequest request, TensorParameters parameters) =>
        TimeoutHeader.Read(request) ?? (parameters.Whole(Parameter, 0, MaxMicroseconds) is > 0 and { } microseconds ? TimeSpan.FromMicroseconds(microseconds) : null);
}
