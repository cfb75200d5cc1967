using System.Net;

namespace SeqServe.LoadTest;

/// <summary>The connections of a turn and what goes over them.</summary>
internal sealed class Sender(Uri server, LoadOptions options) : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);

    private readonly Requests _requests = new(server, options);
    private readonly DnsEndPoint _server = new(server.DnsSafeHost, server.Port);
    private readonly Lock _gate = new();
    private readonly List<Connection> _connections = [];
    private bool _disposed;

    /// <summary>A further connection, opened with its first request.</summary>
    public Connection Connect()
    {
        var connection = new Connection(_server);
        lock (_gate)
        {
            if (_disposed)
                connection.Dispose();
            _connections.Add(connection);
        }

        return connection;
    }

    /// <summary>Sends the next request.</summary>
    /// <returns>The HTTP status, or 0 when there was no answer.</returns>
    public ValueTask<int> SendAsync(Connection connection) => connection.SendAsync(_requests.Next());

    /// <summary>Ends requests that have waited for a minute: they count as not answered.</summary>
    public void GiveUpLost()
    {
        lock (_gate)
            _connections.ForEach(static connection => connection.GiveUpAfter(s_patience));
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _connections.ForEach(static connection => connection.Dispose());
        }
    }
}
