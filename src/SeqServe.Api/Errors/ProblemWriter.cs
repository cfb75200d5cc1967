using System.Diagnostics;
using System.Globalization;
using SeqServe.Api.Contracts;
using SeqServe.Api.Http;

namespace SeqServe.Api.Errors;

/// <summary>Writes a problem as the whole answer.</summary>
internal static class ProblemWriter
{
    private const string MediaType = "application/problem+json";

    /// <summary>Writes a problem, unless the answer has begun or the client has gone.</summary>
    /// <param name="context">The request.</param>
    /// <param name="kind">The row of the error table.</param>
    /// <param name="detail">What to change.</param>
    /// <param name="errors">Messages by field, or null.</param>
    /// <param name="retryAfter">When a retry makes sense, or null.</param>
    public static Task WriteAsync(HttpContext context, ProblemKind kind, string detail, IReadOnlyDictionary<string, string[]>? errors = null, TimeSpan? retryAfter = null)
    {
        context.Response.StatusCode = kind.Status;
        // Whole seconds are all the header can say; 0 would ask for a retry at once.
        if (retryAfter is { } wait)
            context.Response.Headers.RetryAfter = Math.Max(1, (long)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (kind.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        context.Features.Set(kind);
        var problem = new Problem
        {
            Type = kind.Type,
            Title = kind.Title,
            Status = kind.Status,
            Detail = detail,
            TraceId = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier,
            Errors = errors,
        };
        return context.Response.WriteAsJsonAsync(problem, ApiJson.Answers.Problem, MediaType, context.RequestAborted);
    }
}
