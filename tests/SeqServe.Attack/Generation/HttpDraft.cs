using System.Globalization;
using System.Text;

namespace SeqServe.Attack.Generation;

/// <summary>A request of HTTP/1.1 that is still being changed. Nothing checks it: it may hold what no client library would send.</summary>
internal sealed class HttpDraft
{
    public string Method { get; set; } = "POST";

    public string Target { get; set; } = "/";

    public string Version { get; set; } = "HTTP/1.1";

    /// <summary>In the order in which they are sent; a name may come twice.</summary>
    public List<(string Name, string Value)> Headers { get; } = [("Host", "127.0.0.1")];

    public byte[] Body { get; set; } = [];

    public Expectation Expectation { get; set; } = Expectation.Answer;

    public Finish Finish { get; set; }

    /// <summary>A request without a body.</summary>
    public static HttpDraft Get(string target) => new() { Method = "GET", Target = target };

    /// <summary>A request with a JSON body.</summary>
    public static HttpDraft Json(string target, string json) => Post(target, "application/json", Encoding.UTF8.GetBytes(json));

    /// <summary>A request with a body.</summary>
    public static HttpDraft Post(string target, string contentType, byte[] body)
    {
        var draft = new HttpDraft { Target = target, Body = body };
        draft.Set("Content-Type", contentType);
        return draft;
    }

    /// <summary>Sets a header in place of those of the same name.</summary>
    public void Set(string name, string value)
    {
        Remove(name);
        Headers.Add((name, value));
    }

    /// <summary>Removes the headers of a name.</summary>
    public void Remove(string name) => Headers.RemoveAll(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>The request as it goes over the wire, its length with it unless a header says another.</summary>
    public byte[] Render()
    {
        var head = new StringBuilder($"{Method} {Target} {Version}\r\n");
        foreach (var (name, value) in Headers)
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        if (!Has("Content-Length") && !Has("Transfer-Encoding") && (Body.Length > 0 || Method == "POST"))
            head.Append(CultureInfo.InvariantCulture, $"Content-Length: {Body.Length}\r\n");
        return [.. Encoding.UTF8.GetBytes(head.Append("\r\n").ToString()), .. Body];
    }

    /// <summary>The request in one part.</summary>
    public SocketRequest ToRequest() => new()
    {
        Label = Label,
        Parts = [Render()],
        Expectation = Expectation,
        Finish = Finish,
        IsHead = Method == "HEAD",
    };

    /// <summary>Method and path, shortened.</summary>
    public string Label => $"{(Method.Length > 12 ? Method[..12] : Method)} {(Target.Length > 80 ? Target[..80] : Target)}";

    private bool Has(string name) => Headers.Exists(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
