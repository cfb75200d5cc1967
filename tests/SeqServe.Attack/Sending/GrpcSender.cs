using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using SeqServe.Attack.Generation;

namespace SeqServe.Attack.Sending;

/// <summary>Sends calls over HTTP/2 without TLS. One call at a time: a call that costs the connection must not fail another one.</summary>
/// <param name="server">Where gRPC is spoken.</param>
/// <param name="patience">How long an answer may take.</param>
internal sealed class GrpcSender(Uri server, TimeSpan patience) : IDisposable
{
    private const int LongestText = 4000;

    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>The answer's messages of the last call, with their frames.</summary>
    public byte[] LastBody { get; private set; } = [];

    /// <summary>Sends a call.</summary>
    public async Task<Outcome> SendAsync(GrpcRequest call)
    {
        using var timeout = new CancellationTokenSource(patience);
        var sentAt = Stopwatch.GetTimestamp();
        try
        {
            using var request = Render(call);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, timeout.Token);
            LastBody = await response.Content.ReadAsByteArrayAsync(timeout.Token);
            return new Outcome(End.Answered, [Read(response, LastBody)], Stopwatch.GetElapsedTime(sentAt));
        }
        catch (OperationCanceledException)
        {
            return new Outcome(End.TimedOut, [], Stopwatch.GetElapsedTime(sentAt));
        }
        catch (HttpRequestException e) when (e.HttpRequestError is HttpRequestError.ConnectionError)
        {
            return new Outcome(End.Refused, [], Stopwatch.GetElapsedTime(sentAt));
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            return new Outcome(End.Closed, [], Stopwatch.GetElapsedTime(sentAt));
        }
        catch (Exception e) when (e is FormatException or UriFormatException or InvalidOperationException)
        {
            return new Outcome(End.Left, [], TimeSpan.Zero);
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Render(GrpcRequest call)
    {
        var request = new HttpRequestMessage(new HttpMethod(call.Method), new Uri(server, call.Path))
        {
            Version = new Version(2, 0),
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(call.Body),
        };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", call.ContentType);
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach (var (name, value) in call.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private static Answer Read(HttpResponseMessage response, byte[] body)
    {
        var status = Header(response, "grpc-status");
        var text = Header(response, "grpc-message") is { Length: > 0 } message
            ? Uri.UnescapeDataString(message)
            : Encoding.UTF8.GetString(body, 0, Math.Min(body.Length, LongestText));
        return new Answer((int)response.StatusCode, text, Header(response, "retry-after") is not null)
        {
            GrpcStatus = int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
        };
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.TrailingHeaders.TryGetValues(name, out var values) || response.Headers.TryGetValues(name, out values) ? values.First() : null;
}
