using System.Net;
using System.Net.Sockets;
using System.Text;
using SeqServe.Attack.Generation;
using SeqServe.Attack.Server;
using SeqServe.Attack.Verdicts;

namespace SeqServe.Attack.Phases;

/// <summary>Bodies that are promised and not sent, 64 MiB each: memory grows with what has arrived only.</summary>
internal sealed class PromisesPhase : IPhase
{
    private const int EachKind = 40;
    private const int Promised = 64 << 20;
    private const double MostMiB = 100;

    private static readonly TimeSpan s_held = TimeSpan.FromSeconds(4);

    public string Name => "promises";

    public bool NeedsOwnServer => false;

    public async Task RunAsync(AttackContext context, Tally tally)
    {
        var before = MemoryWatch.Read(context.Target.Pid);
        await using var memory = new MemoryWatch(() => context.Target.Pid).Start();
        tally.AddConnections("unsent bodies", context.Target.Grpc is null ? EachKind : 2 * EachKind);
        await CanaryLoop.UntilAsync(HoldAsync(context), context, tally);
        if (before is { } level && memory.Highest - level > MostMiB)
            context.Violation("memory for bytes that did not come", $"{level:0} MiB before, {memory.Highest:0} MiB with {EachKind} bodies of 64 MiB promised");
    }

    private static async Task HoldAsync(AttackContext context)
    {
        var target = $"/v2/models/{AttackGraphs.Twice}/infer";
        var json = $"POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length: {Promised}\r\n\r\n" + "{";
        var binary = $"POST {target} HTTP/1.1\r\nHost: a\r\nContent-Length: {Promised}\r\nInference-Header-Content-Length: {Promised - 1}\r\n\r\n" + "{";
        var http = AttackTarget.EndPoint(context.Target.Http);
        var clients = new List<Task>();
        for (var i = 0; i < EachKind; i++)
        {
            clients.Add(HoldAsync(http, Encoding.ASCII.GetBytes(i % 2 == 0 ? json : binary)));
            if (context.Target.Grpc is { } grpc)
                clients.Add(HoldAsync(AttackTarget.EndPoint(grpc), OddFrames.Begun(Wire.Frame([0x0A], length: Promised))));
        }

        await Task.WhenAll(clients);
    }

    private static async Task HoldAsync(IPEndPoint server, byte[] bytes)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(server);
            await socket.SendAsync(bytes, SocketFlags.None);
        }
        catch (SocketException)
        {
            // Cut off: such a promise may be refused.
        }

        await Task.Delay(s_held, TimeProvider.System);
    }
}
