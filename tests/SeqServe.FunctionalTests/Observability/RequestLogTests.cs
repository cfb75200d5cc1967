using Microsoft.Extensions.DependencyInjection;
using SeqServe.FunctionalTests.Support;
using Serilog.Core;
using Serilog.Events;

namespace SeqServe.FunctionalTests.Observability;

public sealed class RequestLogTests : IAsyncLifetime
{
    private const string Secret = "wonderfulsecretword";
    private readonly CapturedLog _log = new();
    private SeqServer _server = null!;
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        var settings = new Dictionary<string, string> { ["SeqServe:Models:0"] = Shipped.Default, ["Serilog:MinimumLevel:Default"] = "Debug" };
        _server = await new SeqServer(settings, services => services.AddSingleton<ILogEventSink>(_log)).StartAsync();
        _client = _server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Line_OfAnAnswer_HoldsModelTokensAndTimings()
    {
        var answer = await _client
            .SendAsync(HttpMethod.Post, Calls.Classify, new { inputs = new[] { Calls.Review, "good" } }, ("X-Request-Id", "order-4711"))
            .ReadAsync();

        var line = Assert.Single(_log.Requests);
        Assert.Equal(LogEventLevel.Information, line.Level);
        Assert.Equal(Shipped.Default, Value(line, "Model"));
        Assert.Equal(1, Value(line, "Version"));
        Assert.Equal(2, Value(line, "Inputs"));
        Assert.Equal(answer.GetProperty("usage").GetProperty("input_tokens").GetInt32(), Value(line, "InputTokens"));
        Assert.Equal(answer.GetProperty("timings").GetProperty("batch_size").GetInt32(), Value(line, "BatchSize"));
        Assert.Equal(answer.GetProperty("timings").GetProperty("tokenize_ms").GetDouble(), (double)Value(line, "TokenizeMs")!, 1e-3);
        Assert.Equal(answer.GetProperty("timings").GetProperty("queue_ms").GetDouble(), (double)Value(line, "QueueMs")!, 1e-3);
        Assert.Equal(answer.GetProperty("timings").GetProperty("compute_ms").GetDouble(), (double)Value(line, "ComputeMs")!, 1e-3);
        Assert.Equal("order-4711", Value(line, "RequestId"));
        Assert.Equal(200, Value(line, "StatusCode"));
    }

    [Fact]
    public async Task Line_OfARequestWithinATrace_HasItsId()
    {
        (await _client.SendAsync(HttpMethod.Get, "/v1/models", null, ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))).Dispose();
        (await _client.SendAsync(HttpMethod.Get, "/v1/models", null)).Dispose();

        Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", _log.Requests[0].TraceId?.ToHexString());
        Assert.NotEqual(default, _log.Requests[1].TraceId ?? default);
        Assert.NotEqual(_log.Requests[0].TraceId, _log.Requests[1].TraceId);
    }

    [Fact]
    public async Task Line_OfAFailure_NamesTheProblem()
    {
        await _client.ClassifyAsync(new { inputs = "" }).AsProblemAsync(422, "input-empty");

        var line = Assert.Single(_log.Requests);
        Assert.Equal("input-empty", Value(line, "Problem"));
        Assert.Equal(Shipped.Default, Value(line, "Model"));
    }

    [Theory]
    [InlineData($$"""{"inputs":"{{Secret}}","explain":true}""")]
    [InlineData($$"""{"inputs":["{{Secret}}",""]}""")]
    [InlineData($$"""{"inputs":"{{Secret}}","top_k":99}""")]
    [InlineData($$"""{"inputs":"{{Secret}}","model":"{{Secret}}"}""")]
    [InlineData($$"""{"inputs":"{{Secret}}" """)]
    [InlineData($$"""{"{{Secret}}":"{{Secret}}"}""")]
    public async Task Log_OfAnyRequest_NeverHoldsItsText(string body)
    {
        (await _client.ClassifyRawAsync(body)).Dispose();

        Assert.Single(_log.Requests);
        Assert.DoesNotContain(Secret, _log.Everything, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Line_OfAPathWithLineBreaks_IsOneLine()
    {
        (await _client.GetAsync(new Uri("/x%0A12:00:00%20INF%20forged%1b%5b31m", UriKind.Relative))).Dispose();

        var line = Assert.Single(_log.Requests).RenderMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.DoesNotContain(line, c => char.IsControl(c));
        Assert.Contains("forged", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_OfAProbe_IsForDebuggingOnly()
    {
        (await _client.GetAsync(new Uri("/health/ready", UriKind.Relative))).Dispose();
        (await _client.GetAsync(new Uri("/metrics", UriKind.Relative))).Dispose();

        Assert.All(_log.Requests, line => Assert.Equal(LogEventLevel.Debug, line.Level));
        Assert.Equal(2, _log.Requests.Count);
    }

    [Fact]
    public async Task Line_OfARefusal_IsForDebuggingOnly()
    {
        var log = new CapturedLog();
        var settings = new Dictionary<string, string>
        {
            ["SeqServe:Models:0"] = Shipped.Default,
            ["SeqServe:ApiKeys:slow:Key"] = "a-key-with-one-a-minute",
            ["SeqServe:ApiKeys:slow:RequestsPerMinute"] = "1",
            ["Serilog:MinimumLevel:Default"] = "Debug",
        };
        await using var server = await new SeqServer(settings, services => services.AddSingleton<ILogEventSink>(log)).StartAsync();
        using var client = server.CreateClient();
        for (var i = 0; i < 3; i++)
            (await client.SendAsync(HttpMethod.Get, "/v1/models", null, ("X-Api-Key", "a-key-with-one-a-minute"))).Dispose();

        Assert.Equal([LogEventLevel.Information, LogEventLevel.Debug, LogEventLevel.Debug], log.Requests.Select(line => line.Level));
    }

    private static object? Value(LogEvent line, string property) => ((ScalarValue)line.Properties[property]).Value;
}
