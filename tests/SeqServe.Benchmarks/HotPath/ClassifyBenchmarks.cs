using System.IO.Pipelines;
using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Api.Hosting;
using SeqServe.Api.Observability;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Registry;
using SeqServe.Core.Tasks.Classification;
using SeqServe.TestSupport;

namespace SeqServe.Benchmarks.HotPath;

/// <summary>
/// What one classification costs, stage within stage: tokenizer, use case (with queue, batch and run), and the whole application but the web server.
/// </summary>
[MemoryDiagnoser]
public class ClassifyBenchmarks
{
    // A sentence of 24 words, about the mean of film reviews.
    private const string Text = "a quiet , moving film that never raises its voice and still says more about grief than a dozen louder ones before it .";

    internal const string Body = $$"""{"inputs": "{{Text}}"}""";

    private readonly byte[] _body = Encoding.UTF8.GetBytes(Body);

    private readonly ClassificationRequest _request = new([Text]) { Model = "sentiment-lstm" };
    private readonly TextWriter _console = Console.Out;
    private WebApplication? _app;
    private PipelineServer? _server;
    private SequenceClassifier? _classifier;
    private ServedClassifier? _model;

    /// <summary>With <c>Warning</c> no line is written per request.</summary>
    [Params("Information", "Warning")]
    public string LogLevel { get; set; } = "";

    [GlobalSetup]
    public async Task StartAsync()
    {
        _app = Build(LogLevel, services: services => services.AddSingleton<IServer, PipelineServer>());
        // The lines of the log are part of the cost, their way onto a terminal is not.
        Console.SetOut(TextWriter.Null);
        await _app.StartAsync();
        _server = (PipelineServer)_app.Services.GetRequiredService<IServer>();
        _classifier = _app.Services.GetRequiredService<SequenceClassifier>();
        await ReadyAsync(_app);
        using var lease = _app.Services.GetRequiredService<ModelRegistry>().Acquire<ServedClassifier>(ClassificationTask.TaskName, "sentiment-lstm", null);
        _model = lease.Model;
    }

    /// <summary>The server with one model, as it is deployed but for the web server's settings.</summary>
    internal static WebApplication Build(string logLevel, string[]? options = null, Action<IServiceCollection>? services = null)
    {
        var builder = WebApplication.CreateBuilder(
            [
                "--SeqServe:Models:0=sentiment-lstm", $"--SeqServe:ModelRepository={RepositoryRoot.Models}", "--SeqServe:MeasurePlans=false",
                $"--Serilog:MinimumLevel:Default={logLevel}", "--SeqServe:DefaultModels:classification=sentiment-lstm", .. options ?? [],
            ]);
        builder.WebHost.ConfigureKestrel(KestrelSetup.Configure).UseSockets(KestrelSetup.ConfigureSockets);
        builder.Services.AddSeqServeLogging(builder.Configuration);
        builder.Services.AddSeqServe();
        builder.Services.AddSeqServeHealth();
        builder.Services.AddSeqServeMetrics();
        services?.Invoke(builder.Services);
        var app = builder.Build();
        app.UseSeqServe();
        return app;
    }

    internal static async Task ReadyAsync(WebApplication app)
    {
        while (!app.Services.GetRequiredService<ModelRegistry>().HasStarted)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
    }

    [GlobalCleanup]
    public async Task StopAsync()
    {
        await _app!.DisposeAsync();
        Console.SetOut(_console);
    }

    [Benchmark]
    public int Tokenize() => _model!.Tokenizer.Encode(Text, 256).Ids.Length;

    [Benchmark]
    public async Task<int> UseCase() => (await _classifier!.ClassifyAsync(_request, new ServedRequest(), CancellationToken.None)).InputTokens;

    [Benchmark]
    public async Task<int> Application()
    {
        var features = Features(out var response);
        await _server!.ProcessAsync(features);
        return response.StatusCode == StatusCodes.Status200OK ? response.StatusCode : throw new InvalidOperationException($"Status {response.StatusCode}.");
    }

    /// <summary>What replaces the web server: to be taken off the application's memory.</summary>
    [Benchmark]
    public int Request() => new DefaultHttpContext(Features(out var response)).Response.StatusCode + response.Headers.Count;

    private FeatureCollection Features(out HttpResponseFeature response)
    {
        var body = new MemoryStream(_body, writable: false);
        response = new HttpResponseFeature();
        var features = new FeatureCollection();
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Method = "POST",
            Path = "/v1/classify",
            Protocol = "HTTP/1.1",
            Scheme = "http",
            Body = body,
            Headers = { ContentType = "application/json", ContentLength = _body.Length },
        });
        features.Set<IRequestBodyPipeFeature>(new RequestBody(body));
        features.Set<IHttpResponseFeature>(response);
        features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(Stream.Null));
        return features;
    }

    private sealed class RequestBody(Stream body) : IRequestBodyPipeFeature
    {
        public PipeReader Reader { get; } = PipeReader.Create(body);
    }
}
