using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.FunctionalTests.Support;
using Serilog.Core;
using Serilog.Events;

namespace SeqServe.FunctionalTests.Pipeline;

/// <summary>Clients that leave in the middle of their bodies, over real connections.</summary>
public sealed class LeftBodyTests : IAsyncLifetime
{
    private const int Left = 499;

    private readonly CapturedLog _log = new();
    private SeqServer _server = null!;
    private RequestEnds _ends = null!;
    private int _port;

    public async Task InitializeAsync()
    {
        var settings = new Dictionary<string, string> { ["SeqServe:Models:0"] = Shipped.Default, ["Serilog:MinimumLevel:Default"] = "Information" };
        _server = await new SeqServer(settings, services => services.AddSingleton<ILogEventSink>(_log)).OverKestrel().StartAsync();
        _ends = new RequestEnds(_server);
        using var client = _server.CreateClient();
        _port = client.BaseAddress!.Port;
        _log.Forget();
    }

    public async Task DisposeAsync()
    {
        _ends.Dispose();
        await _server.DisposeAsync();
    }

    [Theory]
    [InlineData("/v1/classify", "Content-Length: 100", "{\"inputs\":")]
    [InlineData("/v1/classify", "Transfer-Encoding: chunked", "40\r\n{\"inputs\":")]
    [InlineData("/v1/completions", "Content-Length: 100", "{\"prompt\":")]
    [InlineData("/translate", "Content-Length: 100", "{\"q\":")]
    [InlineData($"/v2/models/{Shipped.Default}/infer", "Content-Length: 100", "{\"inputs\":")]
    [InlineData($"/v2/models/{Shipped.Default}/infer", "Transfer-Encoding: chunked", "40\r\n{\"inputs\":")]
    [InlineData("/v2/repository/index", "Content-Length: 100", "{")]
    public async Task Client_ThatLeavesInItsBody_IsNoFaultOfTheServers(string path, string length, string body)
    {
        foreach (var isReset in new[] { false, true, false, true })
        {
            using (var socket = new Socket(SocketType.Stream, ProtocolType.Tcp))
            {
                await socket.ConnectAsync(IPAddress.Loopback, _port);
                await socket.SendAsync(Encoding.ASCII.GetBytes($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n{length}\r\n\r\n{body}"));
                await Eventually.IsTrueAsync(() => _server.Services.GetRequiredService<SeqServe.Api.Pipeline.TakenRequests>().Count > 0);
                // Reset, or closed as a client does that has sent all it wants to.
                socket.LingerState = new LingerOption(isReset, 0);
            }

            var outcome = await _ends.NextAsync();
            Assert.True(outcome == "cancelled", $"{outcome}: {_log.Everything}");
        }

        await Eventually.IsTrueAsync(() => _log.Requests.Count == 4);
        Assert.All(_log.Requests, line => Assert.Equal(Left, ((ScalarValue)line.Properties["StatusCode"]).Value));
        Assert.DoesNotContain(_log.Lines, line => line.Level >= LogEventLevel.Warning || line.Exception is not null);
    }
}
