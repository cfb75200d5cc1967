using System.Net;
using System.Net.Sockets;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Hosting;

public sealed class ShutdownTests : IAsyncLifetime
{
    private readonly FakeServer _fake = new();
    private HttpClient _client = null!;

    public async Task InitializeAsync()
    {
        await _fake.Server.OverKestrel().StartAsync();
        _client = _fake.Server.CreateClient();
    }

    public async Task DisposeAsync()
    {
        _client.Dispose();
        await _fake.DisposeAsync();
    }

    [Fact]
    public async Task Stop_WhileABatchRuns_AnswersWhatItHasTaken()
    {
        var running = await _fake.HoldOneAsync(_client);
        // Each fills the queue alone: when one of them has been refused, the other waits for sure.
        var first = _client.ClassifyAsync(new { inputs = new[] { "a", "b" } });
        var second = _client.ClassifyAsync(new { inputs = new[] { "c", "d" } });
        var refused = await Task.WhenAny(first, second);
        await refused.AsProblemAsync(429, "overloaded");
        var waiting = refused == first ? second : first;

        var stop = _fake.Server.Host.StopAsync();
        await _client.ClassifyAsync(new { inputs = "late" }).AsProblemAsync(503, "draining");
        _fake.Backends.ReleaseRuns();

        Assert.Single((await running.ReadAsync()).Results());
        Assert.Equal(2, (await waiting.ReadAsync()).Results().Length);
        await stop;
    }

    [Fact]
    public async Task Stop_WhileABatchRuns_RefusesNewRequestsAndIsNotReady()
    {
        await ReadStatusAsync("/health/live");
        var running = await _fake.HoldOneAsync(_client);

        var stop = _fake.Server.Host.StopAsync();

        using var refused = await _client.ClassifyAsync(new { inputs = "late" });
        await Problems.ReadAsync(refused, 503, "draining");
        Assert.NotNull(refused.Headers.RetryAfter);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await ReadStatusAsync("/health/ready"));
        Assert.Equal(HttpStatusCode.OK, await ReadStatusAsync("/health/live"));
        Assert.False(stop.IsCompleted, "The server did not wait for the request it had taken.");
        _fake.Backends.ReleaseRuns();
        await running.ReadAsync();
        await stop;
    }

    [Fact]
    public async Task Stop_WhileABatchRuns_AnswersOnAConnectionThatWasKeptAlive()
    {
        var connections = 0;
        using var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (context, cancellation) =>
            {
                Interlocked.Increment(ref connections);
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                await socket.ConnectAsync(context.DnsEndPoint, cancellation);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        using var kept = new HttpClient(handler) { BaseAddress = _client.BaseAddress };
        await kept.ClassifyAsync(new { inputs = "early" }).ReadAsync();
        var running = await _fake.HoldOneAsync(_client);

        var stop = _fake.Server.Host.StopAsync();

        await kept.ClassifyAsync(new { inputs = "late" }).AsProblemAsync(503, "draining");
        Assert.Equal(1, connections);
        _fake.Backends.ReleaseRuns();
        await running.ReadAsync();
        await stop;
    }

    [Fact]
    public async Task Stop_WithNothingTaken_IsDoneAndListensNoMore()
    {
        await _client.ClassifyAsync(new { inputs = "early" }).ReadAsync();

        await _fake.Server.Host.StopAsync();

        await Assert.ThrowsAnyAsync<HttpRequestException>(() => ReadStatusAsync("/health/live"));
    }

    private async Task<HttpStatusCode> ReadStatusAsync(string path)
    {
        using var response = await _client.GetAsync(new Uri(path, UriKind.Relative));
        return response.StatusCode;
    }
}
