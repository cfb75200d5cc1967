using System.Net.Sockets;
using System.Text;

namespace SeqServe.Benchmarks.HotPath;

/// <summary>
/// Sends one request again and again over one connection and allocates nothing while it does, so that all garbage of the process is the server's.
/// </summary>
internal sealed class SocketClient : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _request;
    private readonly byte[] _answer = new byte[16 * 1024];

    public SocketClient(Uri server, string path, string json)
    {
        _request = Encoding.UTF8.GetBytes(
            $"POST {path} HTTP/1.1\r\nHost: {server.Authority}\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {Encoding.UTF8.GetByteCount(json)}\r\n\r\n{json}");
        _socket.Connect(server.Host, server.Port);
    }

    public void Send()
    {
        _socket.Send(_request);
        var read = 0;
        do
        {
            var more = _socket.Receive(_answer.AsSpan(read));
            if (more == 0)
                throw new InvalidOperationException("The server closed the connection.");
            read += more;
        }
        while (!IsWhole(_answer.AsSpan(0, read)));
        if (!_answer.AsSpan().StartsWith("HTTP/1.1 200"u8))
            throw new InvalidOperationException(Encoding.UTF8.GetString(_answer.AsSpan(0, read)));
    }

    public void Dispose() => _socket.Dispose();

    private static bool IsWhole(ReadOnlySpan<byte> answer)
    {
        var head = answer.IndexOf("\r\n\r\n"u8);
        var length = answer.IndexOf("Content-Length: "u8);
        return head >= 0 && length >= 0
            && System.Buffers.Text.Utf8Parser.TryParse(answer[(length + "Content-Length: ".Length)..], out int bytes, out _)
            && answer.Length >= head + 4 + bytes;
    }
}
