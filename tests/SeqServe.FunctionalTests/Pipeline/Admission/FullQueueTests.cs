using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Registry;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Pipeline.Admission;

public sealed class FullQueueTests : IAsyncLifetime
{
    private FullQueue _full = null!;

    public async Task InitializeAsync() => _full = await FullQueue.MakeAsync();

    public async Task DisposeAsync() => await _full.DisposeAsync();

    [Theory]
    [InlineData("""{"inputs": "good"}""")]
    [InlineData("""{"inputs": "good", "model": null, "version": null}""")]
    [InlineData("""{"inputs": "good", "model": "fake"}""")]
    [InlineData("""{"version": 1, "model": "fake", "inputs": ["good", "a \"model\": b"]}""")]
    // Not looked at: that inputs are no texts would be told by a server that has time for it.
    [InlineData("""{"inputs": 1}""")]
    public async Task Request_ForTheFullModel_IsRefused(string body) => await _full.SendAsync(body).AsProblemAsync(429, "overloaded");

    [Theory]
    [InlineData("""{"inputs": "good", "model": "none"}""", 404, "model-not-found")]
    [InlineData("""{"inputs": "good", "\u006dodel": "none"}""", 404, "model-not-found")]
    [InlineData("""{"inputs": "good", "version": 9}""", 404, "model-not-found")]
    [InlineData("""{"inputs": "good", "version": "1"}""", 400, "invalid-request")]
    [InlineData("""{"inputs": "good", "model": 1}""", 400, "invalid-request")]
    [InlineData("""{"inputs": "good", """, 400, "invalid-request")]
    [InlineData("[]", 400, "invalid-request")]
    [InlineData("", 400, "invalid-request")]
    public async Task Request_ForAnythingElse_HasItsOwnAnswer(string body, int status, string slug) => await _full.SendAsync(body).AsProblemAsync(status, slug);

    [Fact]
    public async Task Request_WithAnUnreadableDeadline_IsTold() =>
        await _full.SendAsync("""{"inputs": "good"}""", ("X-Request-Timeout-Ms", "soon")).AsProblemAsync(400, "invalid-request");

    [Fact]
    public async Task Request_OfAnotherMediaType_IsTold()
    {
        using var response = await _full.Client.ClassifyRawAsync("""{"inputs": "good"}"""u8.ToArray(), "text/plain");

        await Problems.ReadAsync(response, 415, "unsupported-media-type");
    }

    [Theory]
    [InlineData("e\r\n{\"inputs\":\"a\"}\r\n0\r\n\r\n", "429")]
    [InlineData("no size\r\n", "400")]
    public async Task Request_InChunks_IsAnswered(string chunks, string status)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, _full.Client.BaseAddress!.Port);

        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST {Calls.Classify} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n{chunks}"));

        using var reader = new StreamReader(new NetworkStream(socket));
        Assert.StartsWith($"HTTP/1.1 {status}", await reader.ReadLineAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Request_WhileDraining_IsSentToAnotherReplica()
    {
        _full.Server.Services.GetRequiredService<ModelRegistry>().Drain();

        await _full.SendAsync("""{"inputs": "good"}""").AsProblemAsync(503, "draining");
    }

    [Fact]
    public async Task Refusal_BeforeAndBehindTheBody_SaysTheSame()
    {
        // More rows than fit, by a request that came before the queue was full: refused where rows are queued.
        var behind = await Problems.ReadAsync(_full.FirstRefusal, 429, "overloaded");

        using var response = await _full.SendAsync("""{"inputs": "good"}""");

        var before = await Problems.ReadAsync(response, 429, "overloaded");
        Assert.Equal(behind.EnumerateObject().Select(p => p.Name), before.EnumerateObject().Select(p => p.Name));
        Assert.Equal(behind.GetProperty("title").GetString(), before.GetProperty("title").GetString());
        Assert.Equal(behind.GetProperty("detail").GetString(), before.GetProperty("detail").GetString());
        Assert.Equal(_full.FirstRefusal.Headers.Select(h => h.Key).Order(), response.Headers.Select(h => h.Key).Order());
        Assert.Equal(_full.FirstRefusal.Content.Headers.ContentType, response.Content.Headers.ContentType);
        Assert.True(response.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task Refusal_Always_HasTheCallersIdAndTrace()
    {
        using var response = await _full.SendAsync(
            """{"inputs": "good"}""",
            ("X-Request-Id", "order-4711"),
            ("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"));

        var problem = await Problems.ReadAsync(response, 429, "overloaded");
        Assert.Equal("4bf92f3577b34da6a3ce929d0e0e4736", problem.GetProperty("trace_id").GetString());
        Assert.Equal("order-4711", Assert.Single(response.Headers.GetValues("X-Request-Id")));
        Assert.Equal("nosniff", Assert.Single(response.Headers.GetValues("X-Content-Type-Options")));
    }

    [Fact]
    public async Task Refusal_Always_IsCountedForItsModel()
    {
        (await _full.SendAsync("""{"inputs": "good"}""")).Dispose();

        var page = await MetricsPage.ReadAsync(_full.Client);

        Assert.Equal(2, page.Sum("seqserve_requests_total", ("outcome", "overloaded"), ("model", FakeServer.Model)));
        Assert.Equal(2, page.Sum("seqserve_request_duration_seconds_count", ("model", FakeServer.Model)));
        Assert.Equal(2, page.Sum("seqserve_in_flight_requests"));
    }

    [Fact]
    public async Task Refusal_Over_LetsTheConnectionGoOn()
    {
        for (var i = 0; i < 3; i++)
            (await _full.SendAsync("""{"inputs": "good"}""")).Dispose();

        using var response = await _full.Client.GetAsync(new Uri("/v1/models", UriKind.Relative));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
