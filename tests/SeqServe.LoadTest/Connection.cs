using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace SeqServe.LoadTest;

/// <summary>
/// One keep-alive connection, one request at a time. No client library: it would cost as much CPU as the server that is measured on the same cores.
/// </summary>
/// <param name="server">Where to connect.</param>
internal sealed class Connection(DnsEndPoint server) : IDisposable
{
    private readonly ResponseReader _reader = new();
    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly Lock _gate = new();
    private Socket? _socket;
    private long _sentAt;
    private bool _disposed;

    /// <summary>Whether the last answer, a refusal, said when to come back.</summary>
    public bool HasRetryAfter => _reader.HasRetryAfter;

    /// <summary>Sends a request and reads its answer to the end.</summary>
    /// <returns>The HTTP status, or 0 when there was no answer.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> SendAsync(ReadOnlyMemory<byte> request)
    {
        var wasUsed = _socket is not null;
        try
        {
            var isAnswered = await TrySendAsync(request);
            // A server may close a connection that has been idle, and the request crosses that: it never got it, so it is sent once more.
            if (!isAnswered && wasUsed && !_reader.HasBegun && !_disposed)
                isAnswered = await TrySendAsync(request);
            return isAnswered ? _reader.Status : 0;
        }
        finally
        {
            Volatile.Write(ref _sentAt, 0);
        }
    }

    /// <summary>Gives up a request that has had no answer for so long.</summary>
    public void GiveUpAfter(TimeSpan limit)
    {
        if (Volatile.Read(ref _sentAt) is var sentAt and > 0 && Stopwatch.GetElapsedTime(sentAt) > limit)
            Close();
    }

    /// <summary>Closes the connection; a request on its way ends without an answer.</summary>
    public void Dispose()
    {
        _disposed = true;
        Close();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> TrySendAsync(ReadOnlyMemory<byte> request)
    {
        _reader.Begin();
        try
        {
            var socket = _socket ?? await OpenAsync();
            Volatile.Write(ref _sentAt, Stopwatch.GetTimestamp());
            await socket.SendAsync(request, SocketFlags.None);
            while (!_reader.IsDone)
            {
                var count = await socket.ReceiveAsync(_buffer.AsMemory(), SocketFlags.None);
                if (count > 0)
                    _reader.Feed(_buffer.AsSpan(0, count));
                else if (!_reader.End())
                    break;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidDataException)
        {
            Close();
            return false;
        }

        if (!_reader.IsDone || !_reader.KeepsOpen)
            Close();
        return _reader.IsDone;
    }

    private async ValueTask<Socket> OpenAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            _socket = socket;
        }

        await socket.ConnectAsync(server);
        return socket;
    }

    private void Close()
    {
        lock (_gate)
        {
            _socket?.Dispose();
            _socket = null;
        }
    }
}
