using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.FunctionalTests.Facades.OpenInference.Grpc;
using SeqServe.FunctionalTests.Support;
using SeqServe.TestSupport;
using Serilog.Core;

namespace SeqServe.FunctionalTests.Observability;

/// <summary>What a client writes over HTTP/2 that makes Kestrel's own reader throw.</summary>
public sealed class MalformedHeadersTests
{
    private static readonly byte[] s_emptySettings = [0, 0, 0, 4, 0, 0, 0, 0, 0];

    // An indexed header field with the index 0, which no table has (RFC 7541, 6.1).
    private static readonly byte[] s_headers = [0, 0, 1, 1, 5, 0, 0, 0, 1, 0x80];

    [Fact]
    public async Task HeaderBlock_WithAnIndexThatNoTableHas_EndsTheConnectionWithoutAStackInTheLog()
    {
        var (log, port) = (new CapturedLog(), GrpcPortTests.FreePort());
        var settings = new Dictionary<string, string> { ["SeqServe:Models:0"] = Shipped.Default, ["SeqServe:GrpcPort"] = $"{port}" };
        await using var server = new SeqServer(settings, services => services.AddSingleton<ILogEventSink>(log)).OverKestrel();
        await server.StartAsync();
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", port);
        var stream = client.GetStream();

        await stream.WriteAsync((byte[])[.. "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8, .. s_emptySettings, .. s_headers]);

        await Patience.Wait(stream.CopyToAsync(Stream.Null));
        await server.Host.StopAsync();
        Assert.DoesNotContain(log.Lines, line => line.Exception is not null);
    }
}
