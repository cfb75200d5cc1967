using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using SeqServe.Attack.Server;
using SeqServe.Attack.Verdicts;

namespace SeqServe.Attack.Phases;

/// <summary>The series of malformed requests, with good ones among them. Resident memory must be level behind its first half.</summary>
internal sealed class MalformedPhase : IPhase
{
    private const int RequestsPerCanary = 25;

    private static readonly TimeSpan s_progress = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<long, string> _inFlight = new();
    private long _next = -1;
    private double? _level;

    public string Name => "malformed";

    public bool NeedsOwnServer => false;

    public async Task RunAsync(AttackContext context, Tally tally)
    {
        var started = Stopwatch.GetTimestamp();
        using var stop = new CancellationTokenSource();
        var progress = TellAsync(context, started, stop.Token);
        try
        {
            await Task.WhenAll(Enumerable.Range(0, context.Options.Clients).Select(_ => Task.Run(() => ClientAsync(context, tally))));
        }
        finally
        {
            await stop.CancelAsync();
            await progress;
        }

        if (_level is not { } level)
            return;
        await Task.Delay(s_rest, TimeProvider.System);
        if (MemoryWatch.Read(context.Target.Pid) is { } now)
        {
            context.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  memory: {level:0} MiB after warm-up, {now:0} MiB at the end, {now - level:+0;-0} MiB"));
            if (now - level > context.Options.GrowthMiB)
                context.Violation("resident memory grows", $"{level:0} MiB after warm-up, {now:0} MiB at the end of {tally.Requests} requests");
        }
    }

    private async Task ClientAsync(AttackContext context, Tally tally)
    {
        using var exchange = context.Connect();
        using var canaries = context.ConnectCanaries();
        var warmUp = context.Options.Requests / 2;
        for (long index; (index = Interlocked.Increment(ref _next)) < context.Options.Requests && !context.Target.IsLost;)
        {
            if (index == warmUp)
                _level = MemoryWatch.Read(context.Target.Pid);
            var request = context.Factory.Make(index);
            if (context.Skips(request.Kind))
                continue;
            _inFlight[index] = request.Label;
            await exchange.SendAsync(request, tally, InFlight);
            _inFlight.TryRemove(index, out var _);
            if (index % RequestsPerCanary == 0)
                await canaries.AskAsync(tally, index);
        }
    }

    private string InFlight() => string.Join("; ", _inFlight.OrderBy(pair => pair.Key).Select(pair => $"--only {pair.Key} {pair.Value}"));

    private async Task TellAsync(AttackContext context, long started, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(s_progress, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                var done = Math.Min(Interlocked.Read(ref _next) + 1, context.Options.Requests);
                var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {done} of {context.Options.Requests} after {seconds:0} s, " +
                    $"{MemoryWatch.Read(context.Target.Pid):0} MiB, {context.Violations.Count} violations"));
            }
        }
        catch (OperationCanceledException)
        {
            // The phase is over.
        }
    }
}
