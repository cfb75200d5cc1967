using System.Globalization;
using SeqServe.Api.Requests;
using SeqServe.Core.Diagnostics;
using Serilog.Events;

namespace SeqServe.Api.Observability;

/// <summary>What the log line of a request holds.</summary>
internal static class RequestProperties
{
    private const int Most = 15;

    public static Dictionary<string, LogEventPropertyValue> Of(HttpContext context, int status, double elapsed)
    {
        var served = context.Served();
        var line = new Dictionary<string, LogEventPropertyValue>(Most)
        {
            ["RequestMethod"] = SharedValues.Of(context.Request.Method),
            // The path as it came over the wire, escaped: the decoded one may hold line breaks and would forge lines of the log.
            ["RequestPath"] = new ScalarValue(context.Request.Path.ToUriComponent()),
            ["StatusCode"] = SharedValues.Of(status),
            ["Elapsed"] = new ScalarValue(elapsed),
            ["RequestId"] = new ScalarValue(context.TraceIdentifier),
            ["Stages"] = Stages(served),
        };
        if (served.Model is { } model)
        {
            line["Model"] = new ScalarValue(model.Model);
            line["Version"] = SharedValues.Of(model.Version);
            line["Inputs"] = SharedValues.Of(served.Inputs);
            line["InputTokens"] = SharedValues.Of(served.InputTokens);
        }

        if (served.Timings is { } timings)
        {
            line["TokenizeMs"] = new ScalarValue(timings.Tokenize.TotalMilliseconds);
            line["QueueMs"] = new ScalarValue(timings.Queue.TotalMilliseconds);
            line["ComputeMs"] = new ScalarValue(timings.Compute.TotalMilliseconds);
            line["BatchSize"] = SharedValues.Of(timings.BatchSize);
        }

        if (context.Features.Get<Errors.ProblemKind>() is { } problem)
            line["Problem"] = new ScalarValue(problem.Slug);
        return line;
    }

    // The same numbers once more as text: a console line shows only what its template names.
    private static ScalarValue Stages(ServedRequest served) => served is { Model: { } model, Timings: { } timings }
        ? new ScalarValue(string.Create(
            CultureInfo.InvariantCulture,
            $" ({model.Model}/{model.Version}: {served.InputTokens} tokens, tokenize {new Milliseconds(timings.Tokenize)}, queue {new Milliseconds(timings.Queue)}, compute {new Milliseconds(timings.Compute)} ms, batch of {timings.BatchSize})"))
        : SharedValues.Empty;
}
