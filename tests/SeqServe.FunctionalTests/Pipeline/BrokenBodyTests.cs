using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.FunctionalTests.Support;
using SeqServe.TestSupport;
using Serilog.Events;

namespace SeqServe.FunctionalTests.Pipeline;

/// <summary>Bodies that the web server itself cannot make out, over real connections.</summary>
public sealed class BrokenBodyTests : IAsyncLifetime
{
    private readonly CapturedLog _log = new();
    private SeqServer _server = null!;
    private int _port;

    public async Task InitializeAsync()
    {
        var settings = new Dictionary<string, string> { ["SeqServe:Models:0"] = Shipped.Default, ["Serilog:MinimumLevel:Default"] = "Information" };
        _server = await new SeqServer(settings, services => services.AddSingleton<Serilog.Core.ILogEventSink>(_log)).OverKestrel().StartAsync();
        using var client = _server.CreateClient();
        _port = client.BaseAddress!.Port;
    }

    public Task DisposeAsync() => _server.DisposeAsync().AsTask();

    [Theory]
    [InlineData("/v1/classify")]
    [InlineData("/v1/completions")]
    [InlineData("/translate")]
    [InlineData("/detect")]
    [InlineData($"/v2/models/{Shipped.Default}/infer")]
    [InlineData("/v2/repository/index")]
    public async Task Body_WhoseChunksHaveNoLength_IsTheCallersFault(string path)
    {
        foreach (var chunk in new[] { "ffffffffffffffff\r\nabc", "zz\r\nabc", "-1\r\nabc" })
            Assert.StartsWith("HTTP/1.1 400 ", await SendAsync($"POST {path} HTTP/1.1", "Transfer-Encoding: chunked", chunk), StringComparison.Ordinal);

        Assert.DoesNotContain(_log.Lines, line => line.Level >= LogEventLevel.Warning);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Body_ThatIsCompressed_IsOfTheWrongType(string encoding)
    {
        var answer = await SendAsync("POST /v1/classify HTTP/1.1", $"Content-Encoding: {encoding}\r\nContent-Length: 2", "ab");

        Assert.StartsWith("HTTP/1.1 415 ", answer, StringComparison.Ordinal);
        Assert.Contains("without compression", answer, StringComparison.Ordinal);
    }

    private async Task<string> SendAsync(string request, string headers, string body)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync("127.0.0.1", _port);
        var stream = socket.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"{request}\r\nHost: a\r\nConnection: close\r\nContent-Type: application/json\r\n{headers}\r\n\r\n{body}"));
        using var reader = new StreamReader(stream);
        return await Patience.Wait(reader.ReadToEndAsync());
    }
}
