using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace SeqServe.UnitTests.LoadTest;

/// <summary>
/// Answers the requests of a connection with the given bytes, one after the other, over and over; an answer of null closes the connection instead.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly Func<int, string?> _answer;
    private readonly Task _accepting;
    private int _count;
    private int _connections;

    public ScriptedServer(Func<int, string?> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"http://{_listener.LocalEndpoint}");

    public int Connections => Volatile.Read(ref _connections);

    public IReadOnlyCollection<string> Requests => _requests;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        var serving = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync();
                Interlocked.Increment(ref _connections);
                serving.Add(ServeAsync(client));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(serving);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var owned = client;
        var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        try
        {
            while (await ReadAsync(reader) is { } request)
            {
                _requests.Enqueue(request);
                if (_answer(Interlocked.Increment(ref _count)) is not { } answer)
                    return;
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
            }
        }
        catch (IOException)
        {
            // The client has gone.
        }
    }

    private static async Task<string?> ReadAsync(StreamReader reader)
    {
        var head = new StringBuilder();
        var length = 0;
        while (await reader.ReadLineAsync() is { } line)
        {
            if (line.Length == 0)
            {
                var body = new char[length];
                await reader.ReadBlockAsync(body);
                return head.Append('\n').Append(body).ToString();
            }

            head.Append(line).Append('\n');
            if (line.StartsWith("Content-Length: ", StringComparison.Ordinal))
                length = int.Parse(line["Content-Length: ".Length..], System.Globalization.CultureInfo.InvariantCulture);
        }

        return null;
    }
}
