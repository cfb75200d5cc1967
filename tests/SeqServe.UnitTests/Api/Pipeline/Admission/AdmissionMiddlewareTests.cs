using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Errors;
using SeqServe.Api.Observability;
using SeqServe.Api.Pipeline.Admission;
using SeqServe.Api.Pipeline.Metadata;
using SeqServe.Api.Security;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Tasks.Classification;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Registry;

namespace SeqServe.UnitTests.Api.Pipeline.Admission;

public sealed class AdmissionMiddlewareTests : IDisposable
{
    private const string Body = """{"inputs": "good", "model": "a"}""";

    private readonly TemporaryRepository _repository = new();
    private readonly RegistryBench _bench;
    private readonly RefusalLog _refusals;
    private readonly ApiKeys _keys = new(Options.Create(new SeqServeOptions()));
    private readonly List<Task> _queued = [];
    private bool _wentOn;

    public AdmissionMiddlewareTests()
    {
        foreach (var name in new[] { "a", "b" })
        {
            _repository.AddFake(name, json =>
            {
                json["default"] = name == "a";
                json["batching"] = new JsonObject { ["queue_capacity"] = 2, ["max_batch_size"] = 1 };
            });
        }

        _bench = new RegistryBench(_repository).Load();
        _refusals = new RefusalLog(_bench.Time, NullLogger<RefusalLog>.Instance);
    }

    [Fact]
    public async Task Request_WhileNoQueueIsFull_GoesOnWithItsBodyUntouched()
    {
        var body = new WatchedPipe();

        await SendAsync(body);

        Assert.True(_wentOn);
        Assert.Equal(0, body.Looks);
    }

    [Fact]
    public async Task Request_ForTheFullQueue_IsRefused()
    {
        Fill("a");

        var context = await SendAsync(new WatchedPipe());

        Assert.Equal((false, 429), (_wentOn, context.Response.StatusCode));
    }

    [Fact]
    public async Task Request_ForAnotherQueueOfTheTask_GoesOn()
    {
        Fill("b");
        var body = new WatchedPipe();

        await SendAsync(body);

        Assert.True(_wentOn);
        Assert.NotEqual(0, body.Looks);
    }

    [Fact]
    public async Task Request_OfARouteWithoutAQueue_GoesOn()
    {
        Fill("a");

        await SendAsync(new WatchedPipe(), new EndpointMetadataCollection(ProblemShape.Instance));

        Assert.True(_wentOn);
    }

    public void Dispose()
    {
        foreach (var name in new[] { "a", "b" })
            _bench.Backends.Of(name).Open();
        Task.WaitAll([.. _queued], Patience.Limit);
        _refusals.Dispose();
        _keys.Dispose();
        _bench.Dispose();
        _repository.Dispose();
    }

    // One row runs and is held; two wait, which is all that may.
    private void Fill(string model)
    {
        var backend = _bench.Backends.Of(model);
        backend.Forget();
        backend.Close();
        var classifier = new SequenceClassifier(_bench.Registry, _bench.Time);
        _queued.Add(Task.Run(() => Classify("held")));
        backend.AwaitStart();
        // Queued when the call returns.
        _queued.Add(Classify("one", "two"));

        Task Classify(params string[] texts) =>
            classifier.ClassifyAsync(new ClassificationRequest(texts) { Model = model }, new ServedRequest(), CancellationToken.None);
    }

    private async Task<HttpContext> SendAsync(WatchedPipe body, EndpointMetadataCollection? metadata = null)
    {
        using var activity = new Activity("request").Start();
        var context = new DefaultHttpContext();
        context.Features.Set<IRequestBodyPipeFeature>(body);
        metadata ??= new EndpointMetadataCollection(new QueueAttribute(ClassificationTask.TaskName, "classify"));
        context.SetEndpoint(new Endpoint(null, metadata, "route"));
        RequestDelegate next = _ =>
        {
            _wentOn = true;
            return Task.CompletedTask;
        };
        using var logger = new Serilog.LoggerConfiguration().CreateLogger();
        var gate = new ApiKeyGate(_keys, isAdminOpen: false);
        var middleware = new AdmissionMiddleware(
            next, _bench.Registry, gate, _bench.Metrics, _refusals, logger, _bench.Time, Options.Create(new SeqServeOptions()));
        await middleware.InvokeAsync(context);
        return context;
    }

    private sealed class WatchedPipe : IRequestBodyPipeFeature
    {
        private readonly PipeReader _reader = PipeReader.Create(new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(Body)));

        public int Looks { get; private set; }

        public PipeReader Reader
        {
            get
            {
                Looks++;
                return _reader;
            }
        }
    }
}
