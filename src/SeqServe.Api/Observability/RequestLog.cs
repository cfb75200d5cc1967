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

    private static readonly SharedNumbers s_statusCode = new("StatusCode");
    private static readonly SharedNumbers s_version = new("Version");
    private static readonly SharedNumbers s_inputs = new("Inputs");
    private static readonly SharedNumbers s_inputTokens = new("InputTokens");
    private static readonly SharedNumbers s_batchSize = new("BatchSize");
    private static readonly LogEventProperty s_get = Property("RequestMethod", HttpMethods.Get);
    private static readonly LogEventProperty s_post = Property("RequestMethod", HttpMethods.Post);
    private static readonly LogEventProperty s_warmUp = Property("WarmUp", true);
    private static readonly LogEventProperty s_noStages = Property("Stages", "");

    public static IApplicationBuilder UseRequestLog(this IApplicationBuilder app) => app.UseSerilogRequestLogging(options =>
    {
        // Not the process-wide logger: several hosts of a process (tests) each have their own.
        options.Logger = app.ApplicationServices.GetRequiredService<Serilog.ILogger>();
        options.MessageTemplate = Template;
        options.GetLevel = Level;
        options.GetMessageTemplateProperties = Properties;
    });

    /// <summary>Whether a line is of a request of the server to itself. It is made, as what it takes is part of a request, and not written.</summary>
    public static bool IsOfWarmUp(LogEvent line) => line.Properties.ContainsKey("WarmUp");

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
            Method(context.Request.Method),
            // The path as it came over the wire, escaped: the decoded one may hold line breaks and would forge lines of the log.
            Property("RequestPath", context.Request.Path.ToUriComponent()),
            s_statusCode.Of(status),
            Property("Elapsed", elapsed),
            Property("RequestId", context.TraceIdentifier),
            Stages(served),
        };
        if (served.Model is { } model)
        {
            line.Add(Property("Model", model.Model));
            line.Add(s_version.Of(model.Version));
            line.Add(s_inputs.Of(served.Inputs));
            line.Add(s_inputTokens.Of(served.InputTokens));
        }

        if (served.Timings is { } timings)
        {
            line.Add(Property("TokenizeMs", timings.Tokenize.TotalMilliseconds));
            line.Add(Property("QueueMs", timings.Queue.TotalMilliseconds));
            line.Add(Property("ComputeMs", timings.Compute.TotalMilliseconds));
            line.Add(s_batchSize.Of(timings.BatchSize));
        }

        if (context.IsWarmUp())
            line.Add(s_warmUp);
        if (context.Features.Get<ProblemKind>() is { } problem)
            line.Add(Property("Problem", problem.Slug));
        return line;
    }

    private static LogEventProperty Method(string method) => method switch
    {
        "GET" => s_get,
        "POST" => s_post,
        _ => Property("RequestMethod", method),
    };

    private static LogEventProperty Property(string name, object value) => new(name, new ScalarValue(value));

    // The same numbers once more as text: a console line shows only what its template names.
    private static LogEventProperty Stages(ServedRequest served)
    {
        if (served is not { Model: { } model, Timings: { } timings })
            return s_noStages;
        var (tokenize, queue, compute) = (new Milliseconds(timings.Tokenize), new Milliseconds(timings.Queue), new Milliseconds(timings.Compute));
        var (name, tokens) = (model.Model, served.InputTokens);
        return Property("Stages", string.Create(
            CultureInfo.InvariantCulture,
            $" ({name}/{model.Version}: {tokens} tokens, tokenize {tokenize}, queue {queue}, compute {compute} ms, batch of {timings.BatchSize})"));
    }

    // Lines have most of their numbers in common; a property, its value and the boxed number are made once for each.
    private sealed class SharedNumbers(string name)
    {
        // Statuses, and most counts of texts, tokens and rows.
        private const int Shared = 600;

        private readonly LogEventProperty?[] _properties = new LogEventProperty?[Shared];

        public LogEventProperty Of(int number) => (uint)number < Shared ? _properties[number] ??= Property(name, number) : Property(name, number);
    }
}
