using SeqServe.Core.Errors;

namespace SeqServe.Api.Errors;

/// <summary>Why a request fails, as far as its caller may know.</summary>
/// <param name="Kind">The row of the error table.</param>
/// <param name="Detail">What to change.</param>
/// <param name="Errors">Messages by field, or null.</param>
/// <param name="RetryAfter">When a retry makes sense, or null.</param>
internal sealed record Failure(ProblemKind Kind, string Detail, IReadOnlyDictionary<string, string[]>? Errors = null, TimeSpan? RetryAfter = null)
{
    /// <summary>What the caller may know of an exception: nothing but the server's own words.</summary>
    public static Failure Of(Exception exception) => exception switch
    {
        ServingException e => new Failure(ProblemKinds.Of(e.Code), e.Message, e.FieldErrors, e.RetryAfter),
        BadHttpRequestException e => OfStatus(e.StatusCode),
        _ => new Failure(ProblemKinds.Internal, ProblemKinds.Internal.Example),
    };

    /// <summary>What the caller may know of a status that the web server or the framework chose.</summary>
    public static Failure OfStatus(int status)
    {
        var kind = ProblemKinds.OfStatus(status);
        // The examples of these two name a field and a limit that need not be this request's.
        var detail = kind == ProblemKinds.InvalidRequest
            ? "The request cannot be read as HTTP. Check its headers, the length of its body and the framing of its chunks."
            : kind == ProblemKinds.PayloadTooLarge ? "The body is larger than this server takes; send fewer or shorter inputs."
            : kind.Example;
        return new Failure(kind, detail);
    }
}
