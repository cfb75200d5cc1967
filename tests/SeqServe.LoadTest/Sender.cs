using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace SeqServe.LoadTest;

/// <summary>Sends prepared bodies, one after the other, from any number of tasks.</summary>
internal sealed class Sender : IDisposable
{
    private static readonly MediaTypeHeaderValue s_json = new("application/json");

    private readonly HttpClient _client;
    private readonly Uri _route;
    private readonly byte[][] _bodies;
    private uint _next;

    public Sender(Uri server, LoadOptions options)
    {
        // Connections are never the limit, and none of them goes through a proxy.
        _client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue, UseProxy = false }) { Timeout = TimeSpan.FromMinutes(1) };
        _route = new Uri(server, options.Route);
        _bodies = [.. options.Texts.Select(text => Encoding.UTF8.GetBytes(options.Body.Replace("$TEXT", JsonSerializer.Serialize(text), StringComparison.Ordinal)))];
    }

    /// <summary>Sends the next body.</summary>
    /// <returns>The HTTP status, or 0 when there was no answer.</returns>
    public async Task<int> SendAsync(CancellationToken cancellation)
    {
        using var content = new ByteArrayContent(_bodies[Interlocked.Increment(ref _next) % (uint)_bodies.Length]);
        content.Headers.ContentType = s_json;
        try
        {
            using var answer = await _client.PostAsync(_route, content, cancellation);
            await answer.Content.CopyToAsync(Stream.Null, cancellation);
            return (int)answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is TaskCanceledException && !cancellation.IsCancellationRequested))
        {
            return 0;
        }
    }

    public void Dispose() => _client.Dispose();
}
