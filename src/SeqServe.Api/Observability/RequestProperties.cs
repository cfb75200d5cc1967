using System.Globalization;
using SeqServe.Api.Http;
using SeqServe.Core.Diagnostics;
using Serilog.Events;

namespace SeqServe.Api.Observability;

/// <summary>What the log line of a request holds.</summary>
internal static class RequestProperties
{
    private const int Most = 14;

    public static List<LogEventProperty> Of(HttpContext context, int status, double elapsed)
    {
        var served = context.Served();
        var line = new List<LogEventProperty>(Most)
        {
            Of("RequestMethod", context.Request.Method),
            // The path as it came over the wire, escaped: the decoded one may hold line breaks and would forge lines of the log.
            Of("RequestPath", context.Request.Path.ToUriComponent()),
            Of("StatusCode", status),
            Of("Elapsed", elapsed),
            Of("RequestId", context.TraceIdentifier),
            Of("Stages", Stages(served)),
        };
        if (served.Model is { } model)
        {
            line.Add(Of("Model", model.Model));
            line.Add(Of("Version", model.Version));
            line.Add(Of("Inputs", served.Inputs));
            line.Add(Of("InputTokens", served.InputTokens));
        }

        if (served.Timings is { } timings)
        {
            line.Add(Of("TokenizeMs", timings.Tokenize.TotalMilliseconds));
            line.Add(Of("QueueMs", timings.Queue.TotalMilliseconds));
            line.Add(Of("ComputeMs", timings.Compute.TotalMilliseconds));
            line.Add(Of("BatchSize", timings.BatchSize));
        }

        if (context.Features.Get<Errors.ProblemKind>() is { } problem)
            line.Add(Of("Problem", problem.Slug));
        return line;
    }

    private static LogEventProperty Of(string name, object value) => new(name, new ScalarValue(value));

    // The same numbers once more as text: a console line shows only what its template names.
    private static string Stages(ServedRequest served) => served is { Model: { } model, Timings: { } timings }
        ? string.Create(
            CultureInfo.InvariantCulture,
            $" ({model.Model}/{model.Version}: {served.InputTokens} tokens, tokenize {new Milliseconds(timings.Tokenize)}, queue {new Milliseconds(timings.Queue)}, compute {new Milliseconds(timings.Compute)} ms, batch of {timings.BatchSize})")
        : "";
}
