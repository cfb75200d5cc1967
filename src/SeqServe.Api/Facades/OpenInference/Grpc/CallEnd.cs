using System.Globalization;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using SeqServe.Api.Errors;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>
/// How calls ended that the library ended on its own, for log line and metrics: the HTTP status of every call is 200. A message that cannot be read is the
/// caller's fault, where the library says UNKNOWN or INTERNAL.
/// </summary>
internal static class CallEnd
{
    /// <summary>What a caller is told whose message cannot be read.</summary>
    public static readonly Failure Unreadable = new(
        ProblemKinds.InvalidRequest, "The message cannot be read: send one message of the method's type, whole and without compression.");

    private const string StatusHeader = "grpc-status";
    private const string MessageHeader = "grpc-message";

    /// <summary>Whether the library's status is one for a message that it cannot read.</summary>
    public static bool IsUnreadable(StatusCode status) => status is StatusCode.Unknown or StatusCode.Internal;

    /// <summary>Notes the end of a call, and corrects a status that blames the server.</summary>
    public static void Note(HttpContext context, CountedBody body)
    {
        if (body.Refusal is { } refusal)
            context.Features.Set(refusal.Kind);
        if (context.Features.Get<ProblemKind>() is not null || Status(context) is not { } status)
            return;
        if (!body.HasBegun && IsUnreadable(status) && !context.Response.HasStarted)
        {
            context.Response.Headers[StatusHeader] = ((int)StatusCode.InvalidArgument).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers[MessageHeader] = Uri.EscapeDataString(Unreadable.Detail);
            status = StatusCode.InvalidArgument;
        }

        if (KindOf(status) is { } kind)
            context.Features.Set(kind);
    }

    private static ProblemKind? KindOf(StatusCode status) => status switch
    {
        StatusCode.InvalidArgument => ProblemKinds.InvalidRequest,
        StatusCode.DeadlineExceeded => ProblemKinds.DeadlineExceeded,
        StatusCode.ResourceExhausted => ProblemKinds.PayloadTooLarge,
        StatusCode.Unimplemented => ProblemKinds.UnsupportedMediaType,
        StatusCode.Unknown or StatusCode.Internal => ProblemKinds.Internal,
        _ => null,
    };

    private static StatusCode? Status(HttpContext context)
    {
        var text = context.Response.Headers.TryGetValue(StatusHeader, out var value) ? value
            : context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers[StatusHeader] ?? default;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var status) ? (StatusCode)status : null;
    }
}
