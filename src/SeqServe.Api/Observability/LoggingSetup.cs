using System.Globalization;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Http;
using SeqServe.Api.OpenInference;
using SeqServe.Core.Diagnostics;
using Serilog;
using Serilog.AspNetCore;
using Serilog.Events;
using Serilog.Formatting.Compact;

namespace SeqServe.Api.Observability;

/// <summary>One structured line per request with its timings, never its texts.</summary>
internal static class LoggingSetup
{
    private const string Line = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj} {TraceId}{NewLine}{Exception}";

    public static IServiceCollection AddSeqServeLogging(this IServiceCollection services, IConfiguration configuration)
    {
        // The process-wide logger stays as it is: several hosts of a process (tests) each have their own.
        services.AddSerilog((provider, logging) => Configure(logging.ReadFrom.Services(provider), configuration, provider.GetRequiredService<IOptions<SeqServeOptions>>().Value.LogFormat), preserveStaticLogger: true);
        services.AddOptions<RequestLoggingOptions>().Configure<Serilog.ILogger>(ConfigureRequests);
        return services;
    }

    // Levels stand here and not in appsettings.json alone: that file is read from the content root, and a server started elsewhere would log every request twice.
    private static void Configure(LoggerConfiguration logging, IConfiguration configuration, LogFormat format)
    {
        logging.MinimumLevel.Information()
            .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
            .MinimumLevel.Override("Microsoft.Extensions", LogEventLevel.Warning)
            .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
            // "Hosting failed to start" with a stack trace; StartupFaults tells the same in a line. What stops a running host is logged as critical.
            .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal)
            .ReadFrom.Configuration(configuration)
            .Enrich.FromLogContext();
        if (format == LogFormat.Json)
            logging.WriteTo.Console(new RenderedCompactJsonFormatter());
        else
            logging.WriteTo.Console(outputTemplate: Line, formatProvider: CultureInfo.InvariantCulture);
    }

    private static void ConfigureRequests(RequestLoggingOptions options, Serilog.ILogger logger)
    {
        options.Logger = logger;
        options.MessageTemplate = "{RequestMethod} {RequestPath} {StatusCode} in {Elapsed:0.000} ms{Stages:l}";
        options.GetMessageTemplateProperties = Properties;
        options.GetLevel = Level;
        options.EnrichDiagnosticContext = Enrich;
    }

    // The path as it came over the wire, escaped: the decoded one may hold line breaks and would forge lines of the log.
    private static IEnumerable<LogEventProperty> Properties(HttpContext context, string path, double elapsed, int status) =>
    [
        new("RequestMethod", new ScalarValue(context.Request.Method)),
        new("RequestPath", new ScalarValue(context.Request.Path.ToUriComponent())),
        new("StatusCode", new ScalarValue(status)),
        new("Elapsed", new ScalarValue(elapsed)),
    ];

    // Probes and scrapes come every few seconds and say nothing; refusals come by the thousand, and RefusalLog tells how many.
    private static LogEventLevel Level(HttpContext context, double elapsed, Exception? exception) =>
        exception is not null || context.Response.StatusCode is 500 ? LogEventLevel.Error
        : context.Request.Path.StartsWithSegments("/health", StringComparison.Ordinal) || context.Request.Path.StartsWithSegments(OpenInferenceSetup.Health, StringComparison.Ordinal) || context.Request.Path.StartsWithSegments("/metrics", StringComparison.Ordinal) ? LogEventLevel.Debug
        : context.Features.Get<Errors.ProblemKind>() is { Outcome: RequestOutcome.Overloaded } ? LogEventLevel.Debug
        : LogEventLevel.Information;

    private static void Enrich(IDiagnosticContext line, HttpContext context)
    {
        line.Set("RequestId", context.TraceIdentifier);
        var served = context.Served();
        if (served.Model is { } model)
        {
            line.Set("Model", model.Model);
            line.Set("Version", model.Version);
            line.Set("Inputs", served.Inputs);
            line.Set("InputTokens", served.InputTokens);
        }

        line.Set("Stages", Stages(served));
        if (served.Timings is { } timings)
        {
            line.Set("TokenizeMs", timings.Tokenize.TotalMilliseconds);
            line.Set("QueueMs", timings.Queue.TotalMilliseconds);
            line.Set("ComputeMs", timings.Compute.TotalMilliseconds);
            line.Set("BatchSize", timings.BatchSize);
        }

        if (context.Features.Get<Errors.ProblemKind>() is { } problem)
            line.Set("Problem", problem.Slug);
    }

    // The same numbers once more as text: a console line shows only what its template names.
    private static string Stages(ServedRequest served) => served is { Model: { } model, Timings: { } timings }
        ? string.Create(
            CultureInfo.InvariantCulture,
            $" ({model.Model}/{model.Version}: {served.InputTokens} tokens, tokenize {timings.Tokenize.TotalMilliseconds:0.000}, queue {timings.Queue.TotalMilliseconds:0.000}, compute {timings.Compute.TotalMilliseconds:0.000} ms, batch of {timings.BatchSize})")
        : "";
}
