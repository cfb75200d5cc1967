using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;

namespace SeqServe.Api.Errors;

/// <summary>Writes a failure in the shape of the route's protocol.</summary>
internal static class FailureWriter
{
    private static readonly ErrorShapeAttribute s_problem = new ProblemShapeAttribute();

    /// <summary>Writes a failure as the whole answer.</summary>
    public static Task WriteAsync(HttpContext context, Failure failure)
    {
        var response = context.Response;
        response.StatusCode = failure.Kind.Status;
        if (failure.RetryAfter is { } wait)
            response.Headers.RetryAfter = RetryAfter(wait);
        if (failure.Kind.Status == StatusCodes.Status401Unauthorized)
            response.Headers.WWWAuthenticate = "Bearer";
        response.ContentType = Shape(context).MediaType;
        var body = Body(context, failure);
        response.ContentLength = body.Length;
        // Without the caller's presence: where he has left, the web server drops what is written, and a cancelled write would be an error of this server in its log.
        return response.Body.WriteAsync(body, CancellationToken.None).AsTask();
    }

    /// <summary>A wait as the header says it: whole seconds are all it can say, and 0 would ask for a retry at once.</summary>
    public static string RetryAfter(TimeSpan wait) => Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    /// <summary>The failure in the route's shape, noted for log line and metrics.</summary>
    public static byte[] Body(HttpContext context, Failure failure)
    {
        context.Features.Set(failure.Kind);
        return Shape(context).Write(failure, Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier);
    }

    /// <summary>How the route that was asked for writes failures.</summary>
    public static ErrorShapeAttribute Shape(HttpContext context)
    {
        // The exception middleware takes the endpoint off the context and keeps it in its feature.
        var endpoint = context.Features.Get<IExceptionHandlerFeature>()?.Endpoint ?? context.GetEndpoint();
        return endpoint?.Metadata.GetMetadata<ErrorShapeAttribute>() ?? context.RequestServices.GetRequiredService<RouteShapes>().Find(context.Request.Path) ?? s_problem;
    }
}
