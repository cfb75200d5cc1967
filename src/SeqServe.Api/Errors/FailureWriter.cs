using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;

namespace SeqServe.Api.Errors;

/// <summary>Writes a failure in the shape of the route's protocol.</summary>
internal static class FailureWriter
{
    /// <summary>Writes a failure as the whole answer, noted for log line and metrics.</summary>
    public static Task WriteAsync(HttpContext context, Failure failure)
    {
        context.Features.Set(failure.Kind);
        return Shape(context).AnswerAsync(context, failure);
    }

    /// <summary>A wait as the header says it: whole seconds are all it can say, and 0 would ask for a retry at once.</summary>
    public static string RetryAfter(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    /// <summary>The failure in the route's shape, noted for log line and metrics.</summary>
    public static byte[] Body(HttpContext context, Failure failure)
    {
        context.Features.Set(failure.Kind);
        return Shape(context).Write(failure, TraceId(context));
    }

    /// <summary>The name under which the log has a request.</summary>
    public static string TraceId(HttpContext context) => Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier;

    /// <summary>What went wrong, for protocols that have no field for a trace: with it where only the log knows more.</summary>
    public static string Text(Failure failure, string traceId) =>
        failure.Kind.Status == StatusCodes.Status500InternalServerError ? $"{failure.Detail} The trace_id is {traceId}." : failure.Detail;

    /// <summary>How the route that was asked for writes failures.</summary>
    public static ErrorShape Shape(HttpContext context)
    {
        // The exception middleware takes the endpoint off the context and keeps it in its feature.
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();
        return Shape(endpoint);
    }

    /// <summary>How a route writes failures.</summary>
    public static ErrorShape Shape(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<ErrorShape>() ?? ProblemShape.Instance;
}
