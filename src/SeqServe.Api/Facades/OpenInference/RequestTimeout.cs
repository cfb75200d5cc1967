using SeqServe.Api.Requests;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Tensors;

namespace SeqServe.Api.Facades.OpenInference;

/// <summary>How long a caller waits for its answer.</summary>
internal static class RequestTimeout
{
    private const string Parameter = "timeout";
    private const long MaxMicroseconds = 3_600_000_000;

    /// <summary>
    /// The time that the header gives, else the parameter as Triton's clients send it, in microseconds, where 0 is none; else the configured one, else null.
    /// </summary>
    /// <exception cref="ServingException">It is not a time in range.</exception>
    public static TimeSpan? Of(HttpContext context, TensorParameters parameters, RequestReader reader) =>
        TimeoutHeader.Read(context.Request) ?? Of(parameters) ?? reader.Timeout(context);

    private static TimeSpan? Of(TensorParameters parameters) =>
        parameters.Whole(Parameter, 0, MaxMicroseconds) is > 0 and { } microseconds ? TimeSpan.FromMicroseconds(microseconds) : null;
}
