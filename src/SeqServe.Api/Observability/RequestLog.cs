using System.Globalization;
using SeqServe.Api.Errors;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Requests;
using SeqServe.Core.Diagnostics;
using Serilog;
using Serilog.Events;

namespace SeqServe.Api.Observability;

/// <summary>A line per request with its timings, never its texts.</summary>
internal static class RequestLog
{
    private const string Template = "{RequestMethod} {RequestPath} {StatusCode} in {Elapsed:0.000} ms{Stages:l}";

    public static IApplicationBuilder UseRequestLog(this IApplicationBuilder app) => app.UseSerilogRequestLogging(options =>
    {
        // Not the process-wide logger: several hosts of a process (tests) each have their own.
        options.Logger = app.ApplicationServices.GetRequiredService<Serilog.ILogger>();
        options.MessageTemplate = Template;
        options.GetLevel = Level;
        options.GetMessageTemplateProperties = Properties;
    });

    // Probes and scrapes come every few seconds and say nothing; refusals come by the thousand, and RefusalLog says how many.
    private static LogEventLevel Level(HttpContext context, double elapsed, Exception? exception) =>
        exception is not null || context.Response.StatusCode is StatusCodes.Status500InternalServerError ? LogEventLevel.Error
        : context.IsProbe() || context.Features.Get<ProblemKind>() is { Outcome: RequestOutcome.Overloaded } ? LogEventLevel.Debug
        : LogEventLevel.Information;

    private static List<LogEventProperty> Properties(HttpContext context, string path, double elapsed, int status)
    {
        var served = context.Served();
        var line = new List<LogEventProperty>(15)
        {
            Property("RequestMethod", context.Request.Method),
            // The path as it came over the wire, escaped: the decoded one may hold line breaks and would forge lines of the log.
            Property("RequestPath", context.Request.Path.ToUriComponent()),
            Property("StatusCode", status),
            Property("Elapsed", elapsed),
            Property("RequestId", context.TraceIdentifier),
            Property("Stages", Stages(served)),
        };
        if (served.Model is { } model)
        {
            line.Add(Property("Model", model.Model));
            line.Add(Property("Version", model.Version));
            line.Add(Property("Inputs", served.Inputs));
            line.Add(Property("InputTokens", served.InputTokens));
        }

        if (served.Timings is { } timings)
        {
            line.Add(Property("TokenizeMs", timings.Tokenize.TotalMilliseconds));
            line.Add(Property("QueueMs", timings.Queue.TotalMilliseconds));
            line.Add(Property("ComputeMs", timings.Compute.TotalMilliseconds));
            line.Add(Property("BatchSize", timings.BatchSize));
        }

        if (context.Features.Get<ProblemKind>() is { } problem)
            line.Add(Property("Problem", problem.Slug));
        return line;
    }

    private static LogEventProperty Property(string name, object value) => new(name, new ScalarValue(value));

    // The same numbers once more as text: a console line shows only what its template names.
    private static string Stages(ServedRequest served)
    {
        if (served is not { Model: { } model, Timings: { } timings })
            return "";
        var (tokenize, queue, compute) = (new Milliseconds(timings.Tokenize), new Milliseconds(timings.Queue), new Milliseconds(timings.Compute));
        var (name, tokens) = (model.Model, served.InputTokens);
        return string.Create(
            CultureInfo.InvariantCulture,
            $" ({name}/{model.Version}: {tokens} tokens, tokenize {tokenize}, queue {queue}, compute {compute} ms, batch of {timings.BatchSize})");
    }
}
