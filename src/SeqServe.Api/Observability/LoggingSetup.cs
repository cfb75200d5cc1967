using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using Serilog;
using Serilog.Configuration;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Compact;

namespace SeqServe.Api.Observability;

/// <summary>Structured lines on the console, one per request.</summary>
internal static class LoggingSetup
{
    // A second of lines under full load, about 5 MB.
    private const int MaxWaitingLines = 10_000;

    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(100);

    public static IServiceCollection AddSeqServeLogging(this IServiceCollection services, IConfiguration configuration)
    {
        CheckLevels(configuration);
        // The process-wide logger stays as it is: several hosts of a process (tests) each have their own.
        services.AddSerilog(
            (provider, logging) =>
            {
                Configure(logging.ReadFrom.Services(provider), configuration);
                var lines = Lines(provider.GetRequiredService<IOptions<SeqServeOptions>>().Value.LogFormat);
                logging.WriteTo.Batches(lines, Console.Out);
            },
            preserveStaticLogger: true);
        return services.AddHostedService<RequestTraces>();
    }

    /// <summary>
    /// Writes lines in the background, those of a tenth of a second at once: a request never waits for the reader of the console. Lines beyond what may wait
    /// are lost; what waits is written when the logger is disposed.
    /// </summary>
    /// <remarks>
    /// Serilog's own batches and not Serilog.Sinks.Async: that wakes a thread for each line, which spins before it waits again, and cost a lone client 20 %
    /// more CPU a request (tests/SeqServe.Benchmarks/results/controllers.md).
    /// </remarks>
    /// <param name="writeTo">What the logger writes to.</param>
    /// <param name="format">Renders a line, its end included.</param>
    /// <param name="console">Where the lines go; not owned.</param>
    /// <param name="maxWaitingLines">How many may wait.</param>
    internal static LoggerConfiguration Batches(
        this LoggerSinkConfiguration writeTo, ITextFormatter format, TextWriter console, int maxWaitingLines = MaxWaitingLines) =>
        writeTo.Sink(
            new ConsoleBatches(format, console), new BatchingOptions { BufferingTimeLimit = s_longestWait, QueueLimit = maxWaitingLines });

    // Else the logger itself fails, without the name of the key.
    private static void CheckLevels(IConfiguration configuration)
    {
        var section = configuration.GetSection("Serilog:MinimumLevel");
        var faults = section.GetSection("Override").GetChildren().Append(section).Append(section.GetSection("Default"))
            .Where(level => level.Value is { Length: > 0 } value && !Enum.GetNames<LogEventLevel>().Contains(value, StringComparer.OrdinalIgnoreCase))
            .Select(level => $"{level.Path} = {level.Value}: must be one of {string.Join(", ", Enum.GetNames<LogEventLevel>())}")
            .ToList();
        if (faults.Count > 0)
            throw new OptionsValidationException("Serilog", typeof(LogEventLevel), faults);
    }

    // Levels stand here and not in appsettings.json alone: that file is read from the content root, and a server started elsewhere would log every request
    // twice.
    private static void Configure(LoggerConfiguration logging, IConfiguration configuration) => logging.MinimumLevel.Information()
        .MinimumLevel.Override("Microsoft.AspNetCore", LogEventLevel.Warning)
        // Not even fatal: else the web server opens a scope for each request, 0.6 KB, that repeats what RequestLog writes. RequestTraces makes its span.
        .MinimumLevel.Override("Microsoft.AspNetCore.Hosting.Diagnostics", LevelAlias.Off)
        .MinimumLevel.Override("Microsoft.Extensions", LogEventLevel.Warning)
        // A probe that finds the server not ready yet is no error of the server; the probe's answer says why.
        .MinimumLevel.Override("Microsoft.Extensions.Diagnostics.HealthChecks", LogEventLevel.Fatal)
        .MinimumLevel.Override("System.Net.Http", LogEventLevel.Warning)
        // A line more for each call that is refused, with what its caller wrote, and an error with a stack for each message that cannot be read, which is the
        // caller's fault and has a status. RequestLog has the calls, GrpcCalls logs what is no caller's.
        .MinimumLevel.Override("Grpc", LogEventLevel.Fatal)
        // "Hosting failed to start" with a stack trace; StartupFaults says the same in a line. What stops a running host is logged as critical.
        .MinimumLevel.Override("Microsoft.Extensions.Hosting.Internal.Host", LogEventLevel.Fatal)
        .Filter.ByExcluding(IsOfMalformedHeaders)
        .Filter.ByExcluding(RequestLog.IsOfWarmUp)
        .ReadFrom.Configuration(configuration)
        .Enrich.FromLogContext();

    // A header block of HTTP/2 that names an entry no table has: Kestrel's reader throws, the connection is ended, and the stack would be a client's to write.
    private static bool IsOfMalformedHeaders(LogEvent entry) =>
        entry.Exception is IndexOutOfRangeException { StackTrace: { } stack } && stack.Contains("System.Net.Http.HPack.HPackDecoder", StringComparison.Ordinal);

    private static ITextFormatter Lines(LogFormat format) =>
        format == LogFormat.Json ? new RenderedCompactJsonFormatter() : new TextLines();
}
