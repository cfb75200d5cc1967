using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.OpenInference.Grpc;

/// <summary>What a client writes over HTTP/2, without a client that knows the service's names and does nothing wrong.</summary>
internal static class WireCall
{
    public const string Service = "/inference.GRPCInferenceService/";

    /// <summary>A message as it is framed.</summary>
    public static byte[] Frame(byte[] message, bool isCompressed = false, int? length = null)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = isCompressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), length ?? message.Length);
        message.CopyTo(frame, 5);
        return frame;
    }

    public static byte[] Frame(IMessage message) => Frame(message.ToByteArray());

    /// <summary>Sends a body, and reads the status of the call.</summary>
    public static async Task<(HttpResponseMessage Response, StatusCode? Status)> SendAsync(
        SeqServer server, string path, byte[] body, params (string Name, string Value)[] headers)
    {
        using var client = server.CreateClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Version = HttpVersion.Version20, Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TE.ParseAdd("trailers");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        var response = await client.SendAsync(request);
        await response.Content.ReadAsByteArrayAsync();
        if (!response.TrailingHeaders.TryGetValues("grpc-status", out var status) && !response.Headers.TryGetValues("grpc-status", out status))
            return (response, null);
        return (response, (StatusCode)int.Parse(Assert.Single(status), CultureInfo.InvariantCulture));
    }
}
