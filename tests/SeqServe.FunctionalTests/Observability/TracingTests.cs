using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Trace;
using SeqServe.Core.Diagnostics;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Observability;

[Collection(ShippedSuite.Name)]
public sealed class TracingTests : IDisposable
{
    private static readonly Dictionary<string, string> s_exporting = new()
    {
        ["OTEL_EXPORTER_OTLP_ENDPOINT"] = "http://127.0.0.1:9",
        ["SeqServe:Models:0"] = Shipped.Default,
    };

    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ShippedServer _server;
    private readonly ActivityListener _listener;
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();
    private readonly ActivitySpanId _caller = ActivitySpanId.CreateRandom();

    public TracingTests(ShippedServer server)
    {
        _server = server;
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == ServingTracing.SourceName,
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    [Fact]
    public async Task Request_WithTraceparent_HasItsStagesUnderTheCallersTrace()
    {
        await ClassifyAsync(new { inputs = Calls.Review });

        var stages = _ended.Where(a => a.TraceId == _trace).ToList();
        Assert.Equal(["queue", "run", "tokenize"], stages.Select(a => a.OperationName).Order());
        var request = Assert.Single(stages.Select(a => a.ParentSpanId).Distinct());
        Assert.NotEqual(_caller, request);
        Assert.All(stages, a => Assert.True(a.Duration >= TimeSpan.Zero));
        var (queue, run) = (stages.Single(a => a.OperationName == "queue"), stages.Single(a => a.OperationName == "run"));
        Assert.Equal(run.StartTimeUtc, queue.StartTimeUtc + queue.Duration);
        Assert.Equal(1, run.GetTagItem("seqserve.batch_size"));
    }

    [Fact]
    public async Task Batch_OfARequest_IsLinkedToItsSpan()
    {
        await ClassifyAsync(new { inputs = Calls.Review });

        var request = _ended.First(a => a.TraceId == _trace).ParentSpanId;
        var batch = Assert.Single(_ended, a => a.OperationName == "batch" && a.Links.Any(l => l.Context.TraceId == _trace));
        Assert.Equal(request, Assert.Single(batch.Links).Context.SpanId);
        Assert.NotEqual(_trace, batch.TraceId);
        Assert.Equal(Shipped.Default, batch.GetTagItem("seqserve.model"));
        Assert.Equal(1, batch.GetTagItem("seqserve.batch_size"));
    }

    [Fact]
    public async Task Batch_OfSeveralTextsOfARequest_IsLinkedOnce()
    {
        await ClassifyAsync(new { inputs = new[] { "good", "fine", "nice" } });

        Assert.Equal(3, _ended.Single(a => a.OperationName == "run" && a.TraceId == _trace).GetTagItem("seqserve.batch_size"));
        Assert.Single(_ended.Where(a => a.OperationName == "batch").SelectMany(a => a.Links), l => l.Context.TraceId == _trace);
    }

    [Fact]
    public void Exporter_WithoutAnEndpoint_IsNotThere() => Assert.Null(_server.Services.GetService<TracerProvider>());

    [Fact]
    public async Task Exporter_WithAnEndpoint_IsThere()
    {
        await using var server = new SeqServer(s_exporting);
        await server.StartAsync();

        Assert.NotNull(server.Services.GetService<TracerProvider>());
    }

    [Fact]
    public async Task Span_OfAProbe_IsNotExported()
    {
        // Other servers of the process have spans too.
        var spans = new EndedSpans(_trace);
        await using var server = new SeqServer(s_exporting, services => services.ConfigureOpenTelemetryTracerProvider(tracing => tracing.AddProcessor(spans)));
        await server.StartAsync();
        using var client = server.CreateClient();

        foreach (var path in new[] { "/health/ready", "/HEALTH/live", "/metrics", "/v2/health/ready", "/v1/models" })
        {
            (await client.SendAsync(HttpMethod.Get, path, null, ("traceparent", $"00-{_trace}-{_caller}-01"))).Dispose();
            // A span ends behind its answer.
            await spans.OneHasEndedAsync();
        }

        Assert.Equal(["/v1/models"], spans.Recorded.Select(span => span.GetTagItem("url.path")));
    }

    private async Task ClassifyAsync(object request) =>
        (await _server.Client.SendAsync(HttpMethod.Post, Calls.Classify, request, ("traceparent", $"00-{_trace}-{_caller}-01"))
            .ReadAsync()).GetProperty("results");

    // Exporters see what is recorded when it ends.
    private sealed class EndedSpans(ActivityTraceId trace) : BaseProcessor<Activity>
    {
        private readonly SemaphoreSlim _ended = new(0);

        public ConcurrentQueue<Activity> Recorded { get; } = new();

        public async Task OneHasEndedAsync() => Assert.True(await _ended.WaitAsync(TestSupport.Patience.Limit), "No span has ended.");

        public override void OnEnd(Activity data)
        {
            if (data.Kind != ActivityKind.Server || data.TraceId != trace)
                return;
            if (data.Recorded)
                Recorded.Enqueue(data);
            _ended.Release();
        }

        protected override void Dispose(bool disposing)
        {
            _ended.Dispose();
            base.Dispose(disposing);
        }
    }
}
