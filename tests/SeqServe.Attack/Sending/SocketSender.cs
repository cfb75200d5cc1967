using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using SeqServe.Attack.Generation;

namespace SeqServe.Attack.Sending;

/// <summary>Sends bytes over a connection of its own, and reads what comes until the answers are whole or the server closes it.</summary>
/// <param name="http">Where HTTP/1.1 is spoken.</param>
/// <param name="grpc">Where HTTP/2 is spoken, or null.</param>
/// <param name="patience">How long an end may take once all is sent.</param>
internal sealed class SocketSender(IPEndPoint http, IPEndPoint? grpc, TimeSpan patience)
{
    // What is sent to the port of gRPC is no call: nobody waits long for an answer to noise.
    private static readonly TimeSpan s_patienceForNoise = TimeSpan.FromMilliseconds(300);

    // A server may take the end of what a client sends for its leaving, and answer nothing.
    private static readonly TimeSpan s_beforeHalfClose = TimeSpan.FromMilliseconds(20);

    // Resets instead of farewells: a million connections would use up the ports of the machine.
    private static readonly LingerOption s_reset = new(true, 0);

    /// <summary>Sends a request.</summary>
    public async Task<Outcome> SendAsync(SocketRequest request)
    {
        if ((request.IsToGrpcPort ? grpc : http) is not { } server)
            return new Outcome(End.Left, [], TimeSpan.Zero);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, LingerState = s_reset };
        try
        {
            await socket.ConnectAsync(server);
        }
        catch (SocketException)
        {
            return new Outcome(End.Refused, [], TimeSpan.Zero);
        }

        var reader = new AnswerReader(request.IsHead);
        using var timeout = new CancellationTokenSource();
        var reading = request.Finish == Finish.Leave ? Task.FromResult(End.Left) : ReadAsync(socket, reader, request, timeout.Token);
        await WriteAsync(socket, request);
        var sentAt = Stopwatch.GetTimestamp();
        timeout.CancelAfter(request.IsToGrpcPort ? s_patienceForNoise : patience);
        var end = await reading;
        return new Outcome(end == End.TimedOut && request.IsToGrpcPort ? End.Left : end, reader.Answers, Stopwatch.GetElapsedTime(sentAt));
    }

    private static async Task WriteAsync(Socket socket, SocketRequest request)
    {
        try
        {
            foreach (var (i, part) in request.Parts.Index())
            {
                if (i > 0 && request.Pause > TimeSpan.Zero)
                    await Task.Delay(request.Pause, TimeProvider.System);
                await socket.SendAsync(part, SocketFlags.None);
            }

            if (request.Finish != Finish.HalfClose)
                return;
            await Task.Delay(s_beforeHalfClose, TimeProvider.System);
            socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The server has answered or closed before all was sent; the reader sees which.
        }
    }

    private static async Task<End> ReadAsync(Socket socket, AnswerReader reader, SocketRequest request, CancellationToken timeout)
    {
        var buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                var count = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, timeout);
                if (count == 0)
                {
                    reader.End();
                    return reader.Answers.Count > 0 ? End.Answered : End.Closed;
                }

                reader.Feed(buffer.AsSpan(0, count));
                if (reader.Answers.Count >= request.Answers && request.Finish == Finish.Wait)
                    return End.Answered;
            }
        }
        catch (OperationCanceledException)
        {
            return End.TimedOut;
        }
        catch (Exception e) when (e is SocketException or InvalidDataException or FormatException)
        {
            return reader.Answers.Count > 0 ? End.Answered : End.Closed;
        }
    }
}
