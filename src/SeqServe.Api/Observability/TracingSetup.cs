using System.Diagnostics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Api.Observability;

/// <summary>OpenTelemetry traces, sent by OTLP when <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set; without it no span is made.</summary>
internal static class TracingSetup
{
    private const string Endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static IServiceCollection AddSeqServeTracing(this IServiceCollection services, IConfiguration configuration)
    {
        if (string.IsNullOrEmpty(configuration[Endpoint]))
            return services;
        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(ServingTracing.SourceName))
            .WithTracing(tracing => tracing
                .AddSource(ServingTracing.SourceName)
                .AddAspNetCoreInstrumentation(options => options.EnrichWithHttpResponse = LeaveOutProbes)
                .AddOtlpExporter());
        return services;
    }

    // At the end, since a span begins before routing has found out what the request is.
    private static void LeaveOutProbes(Activity span, HttpResponse response)
    {
        if (response.HttpContext.IsProbe())
            span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }
}
