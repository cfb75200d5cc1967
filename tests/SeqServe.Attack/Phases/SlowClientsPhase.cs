using System.Net.Sockets;
using System.Text;
using SeqServe.Attack.Generation;
using SeqServe.Attack.Server;
using SeqServe.Attack.Verdicts;

namespace SeqServe.Attack.Phases;

/// <summary>Clients that write a byte now and then, in head or body, and clients that hardly read what they asked for. Others are served meanwhile.</summary>
internal sealed class SlowClientsPhase : IPhase
{
    private const int EachKind = 12;
    private const int Rows = 1 << 18;
    private const int SmallBuffer = 4096;

    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(250);
    private static readonly byte[] s_body = Encoding.ASCII.GetBytes("{\"inputs\":\"" + new string('a', 4000) + "\"}");

    public string Name => "slow";

    public bool NeedsOwnServer => false;

    public Task RunAsync(AttackContext context, Tally tally)
    {
        var classify = HttpDraft.Post("/v1/classify", "application/json", s_body).Render();
        var end = classify.Length - s_body.Length;
        var big = Big();
        var clients = Enumerable.Range(0, EachKind).SelectMany(_ => new[]
        {
            WriteAsync(context, classify, 20),
            WriteAsync(context, classify, end + 10),
            ReadAsync(context, big),
        });
        tally.AddConnections("slow writers", 2 * EachKind);
        tally.AddConnections("slow readers", EachKind);
        return CanaryLoop.UntilAsync(Task.WhenAll(clients), context, tally);
    }

    /// <summary>A request whose answer is larger than what sockets buffer.</summary>
    public static byte[] Big()
    {
        var json = Encoding.ASCII.GetBytes(
            $$$"""{"inputs":[{"name":"x","datatype":"FP32","shape":[{{{Rows}}},2],"parameters":{"binary_data_size":{{{Rows * 8}}}}}]}""");
        var numbers = new TensorSample("x", "FP32", [2, 2], [12_345, 23_456, 34_567, 45_678]).ToBytes();
        byte[] body = [.. json, .. Enumerable.Repeat(numbers, Rows / 2).SelectMany(bytes => bytes)];
        var draft = HttpDraft.Post($"/v2/models/{AttackGraphs.Twice}/infer", "application/octet-stream", body);
        draft.Set("Inference-Header-Content-Length", $"{json.Length}");
        return draft.Render();
    }

    private static async Task WriteAsync(AttackContext context, byte[] request, int atOnce)
    {
        using var socket = await ConnectAsync(context);
        await UntilClosedAsync(context.Options.Length, async at =>
        {
            var from = at == 0 ? 0 : atOnce + at - 1;
            await socket.SendAsync(request.AsMemory(from, at == 0 ? atOnce : 1), SocketFlags.None);
            return from + 1 < request.Length;
        });
    }

    private static async Task ReadAsync(AttackContext context, byte[] request)
    {
        using var socket = await ConnectAsync(context);
        var buffer = new byte[512];
        await UntilClosedAsync(context.Options.Length, async at =>
        {
            if (at == 0)
                await socket.SendAsync(request, SocketFlags.None);
            return await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None) > 0;
        });
    }

    private static async Task<Socket> ConnectAsync(AttackContext context)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = SmallBuffer };
        await socket.ConnectAsync(AttackTarget.EndPoint(context.Target.Http));
        return socket;
    }

    // That the server closes such a connection is its right.
    private static async Task UntilClosedAsync(TimeSpan length, Func<int, Task<bool>> step)
    {
        try
        {
            using var end = new CancellationTokenSource(length);
            for (var at = 0; !end.IsCancellationRequested && await step(at).WaitAsync(end.Token); at++)
                await Task.Delay(s_pause, TimeProvider.System, end.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Closed, or long enough.
        }
    }
}
