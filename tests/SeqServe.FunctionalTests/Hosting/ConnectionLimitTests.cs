using System.Net;
using System.Net.Sockets;
using System.Text;
using SeqServe.FunctionalTests.Support;
using SeqServe.TestSupport;

namespace SeqServe.FunctionalTests.Hosting;

public sealed class ConnectionLimitTests
{
    [Fact]
    public async Task Connection_BeyondTheLimit_IsClosedAndTheOthersAreAnswered()
    {
        await using var server = await new SeqServer(
            new Dictionary<string, string> { ["SeqServe:Models:0"] = Shipped.Default, ["SeqServe:MaxConnections"] = "2" }).OverKestrel().StartAsync();
        using var client = server.CreateClient();
        var port = client.BaseAddress!.Port;
        using var first = await ConnectAsync(port);
        using var second = await ConnectAsync(port);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(first), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(second), StringComparison.Ordinal);

        using var third = await ConnectAsync(port);

        Assert.Equal("", await AskAsync(third));
        Assert.StartsWith("HTTP/1.1 200", await AskAsync(first), StringComparison.Ordinal);
    }

    private static async Task<Socket> ConnectAsync(int port)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, port);
        return socket;
    }

    // The head of the answer; nothing for a connection that is closed.
    private static async Task<string> AskAsync(Socket socket)
    {
        try
        {
            await socket.SendAsync("HEAD /health/live HTTP/1.1\r\nHost: a\r\n\r\n"u8.ToArray());
            var buffer = new byte[4096];
            return Encoding.ASCII.GetString(buffer, 0, await Patience.Wait(socket.ReceiveAsync(buffer)));
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
