using System.Globalization;
using System.Net.Sockets;
using SeqServe.Attack.Generation;
using SeqServe.Attack.Server;
using SeqServe.Attack.Verdicts;

namespace SeqServe.Attack.Phases;

/// <summary>
/// The end: ready after all that, then SIGTERM while clients are idle, slow, in the middle of a call, and, unless that phase is left out, of an endless run.
/// </summary>
internal sealed class ExitPhase : IPhase
{
    private static readonly TimeSpan s_slack = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_readyLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan s_underWay = TimeSpan.FromMilliseconds(500);

    public string Name => "exit";

    public bool NeedsOwnServer => true;

    public async Task RunAsync(AttackContext context, Tally tally)
    {
        var server = context.Target.Own!;
        using (var exchange = new Exchange(context with { Options = context.Options with { Patience = TimeSpan.FromMinutes(1) } }))
        {
            // Malformed requests may have unloaded it.
            await exchange.SendAsync(HttpDraft.Json($"/v1/models/{AttackModels.Spare}/load", "").ToRequest());
        }

        await ReadyAsync(context);
        using (var canaries = context.ConnectCanaries())
            await canaries.AskAllAsync(tally);
        var sockets = new List<Socket>
        {
            await OpenAsync(server.Http, []),
            await OpenAsync(server.Http, HttpDraft.Get("/health/live").Render()),
            await OpenAsync(server.Http, HttpDraft.Json("/v1/classify", """{"inputs": "a"}""").Render()[..^5]),
            await OpenAsync(server.Http, SlowClientsPhase.Big()),
            await OpenAsync(server.Grpc, OddFrames.Begun([])),
        };
        if (!context.Skips("endless"))
            sockets.Add(await OpenAsync(server.Http, EndlessPhase.Endless().Render()));
        await Task.Delay(s_underWay, TimeProvider.System);
        var limit = ServerProcess.DrainTimeout + s_slack;
        var (took, code) = await server.StopAsync(limit);
        var end = code is null ? "killed" : $"ended with {code}";
        context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  SIGTERM: {end} after {took.TotalSeconds:0.0} s"));
        if (code is null)
            context.Violation("the process does not end at SIGTERM", $"not within {limit.TotalSeconds:0} s");
        else if (code != 0)
            context.Violation("the process does not end well at SIGTERM", $"with {code}");
        sockets.ForEach(static socket => socket.Dispose());
    }

    private static async Task ReadyAsync(AttackContext context)
    {
        using var client = new HttpClient { BaseAddress = context.Target.Http };
        using var limit = new CancellationTokenSource(s_readyLimit);
        while (true)
        {
            using var response = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), CancellationToken.None);
            if (response.IsSuccessStatusCode)
                return;
            if (limit.IsCancellationRequested)
            {
                context.Violation("the server is not ready at the end", $"{await response.Content.ReadAsStringAsync(CancellationToken.None)}");
                return;
            }

            await Task.Delay(s_underWay, TimeProvider.System);
        }
    }

    private static async Task<Socket> OpenAsync(Uri server, byte[] bytes)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(AttackTarget.EndPoint(server));
        await socket.SendAsync(bytes, SocketFlags.None);
        return socket;
    }
}
