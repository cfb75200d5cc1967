using SeqServe.Core.Errors;

namespace SeqServe.Api.Errors;

/// <summary>Why a request fails, as far as its caller may know.</summary>
/// <param name="Kind">The row of the error table.</param>
/// <param name="Detail">What to change.</param>
/// <param name="Errors">Messages by field, or null.</param>
/// <param name="RetryAfter">When a retry makes sense, or null.</param>
internal sealed record Failure(ProblemKind Kind, string Detail, IReadOnlyDictionary<string, string[]>? Errors = null, TimeSpan? RetryAfter = null)
{
    /// <summary>What a caller is told of an exception; nothing but the server's own words ever reaches him.</summary>
    public static Failure Of(Exception exception) => exception switch
    {
        ServingException e => new Failure(ProblemKinds.Of(e.Code), e.Message, e.FieldErrors, e.RetryAfter),
        BadHttpRequestException { StatusCode: 413 } => new Failure(ProblemKinds.PayloadTooLarge, "The body is larger than this server takes; send fewer or shorter inputs."),
        BadHttpRequestException e => new Failure(ProblemKinds.OfStatus(e.StatusCode), e.Message),
        _ => new Failure(ProblemKinds.Internal, ProblemKinds.Internal.Example),
    };
}
