using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.TestSupport;

namespace SeqServe.FunctionalTests.Support;

/// <summary>A body of which the client sends the beginning and then nothing, to a server that soon gives up on it.</summary>
internal static class SlowBodies
{
    // More than a second, the web server's clock.
    private static readonly MinDataRate s_impatient = new(bytesPerSecond: 1000, gracePeriod: TimeSpan.FromSeconds(1.1));

    public static async Task<HttpResponseMessage> SendAsync(ErrorServers servers)
    {
        var client = await servers.ImpatientAsync(services =>
            services.Configure<KestrelServerOptions>(kestrel => kestrel.Limits.MinRequestBodyDataRate = s_impatient));
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(IPAddress.Loopback, client.BaseAddress!.Port);
        var head = $"POST {Calls.Classify} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n";
        await socket.SendAsync(Encoding.ASCII.GetBytes(head + "{"));
        using var reader = new StreamReader(new NetworkStream(socket));
        return Parse(await Patience.Wait(reader.ReadToEndAsync()));
    }

    private static HttpResponseMessage Parse(string answer)
    {
        var (head, body) = (answer.Split("\r\n\r\n")[0].Split("\r\n"), answer.Split("\r\n\r\n")[1]);
        var status = int.Parse(head[0].Split(' ')[1], CultureInfo.InvariantCulture);
        var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new StringContent(body) };
        response.Content.Headers.Clear();
        foreach (var (name, value) in head[1..].Select(line => line.Split(": ", 2)).Select(parts => (parts[0], parts[1])))
            Assert.True(response.Headers.TryAddWithoutValidation(name, value) || response.Content.Headers.TryAddWithoutValidation(name, value));
        return response;
    }
}
