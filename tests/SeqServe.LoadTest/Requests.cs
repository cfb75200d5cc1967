using System.Text;
using System.Text.Json;

namespace SeqServe.LoadTest;

/// <summary>The requests of a run, rendered once to the bytes that go over the wire; given out in order, over and over. Safe for concurrent use.</summary>
internal sealed class Requests
{
    private readonly byte[][] _rendered;
    private uint _next;

    public Requests(Uri server, LoadOptions options) => _rendered = [.. options.Texts.Select(text => Render(server, options, text))];

    public ReadOnlyMemory<byte> Next() => _rendered[Interlocked.Increment(ref _next) % (uint)_rendered.Length];

    private static byte[] Render(Uri server, LoadOptions options, string text)
    {
        var body = Encoding.UTF8.GetBytes(options.Body.Replace("$TEXT", JsonSerializer.Serialize(text), StringComparison.Ordinal));
        var head = $"POST {new Uri(server, options.Route).PathAndQuery} HTTP/1.1\r\nHost: {server.Authority}\r\n"
            + $"Content-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n";
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }
}
