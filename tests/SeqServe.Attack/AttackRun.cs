using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using SeqServe.Attack.Generation;
using SeqServe.Attack.Phases;
using SeqServe.Attack.Sending;
using SeqServe.Attack.Server;
using SeqServe.Attack.Verdicts;

namespace SeqServe.Attack;

/// <summary>A whole run: the server, the phases one after another, the table, the verdict.</summary>
internal static class AttackRun
{
    private static readonly TimeSpan s_logDelay = TimeSpan.FromMilliseconds(300);

    private static IReadOnlyList<IPhase> Phases =>
    [
        new MalformedPhase(), new SlowClientsPhase(), new PromisesPhase(), new OverloadPhase(), new LifeCyclePhase(), new PricesPhase(), new EndlessPhase(),
        new ExitPhase(),
    ];

    /// <summary>Attacks.</summary>
    /// <returns>Whether nothing was found.</returns>
    public static async Task<bool> RunAsync(AttackOptions options, TextWriter output)
    {
        using var log = options.LogFile is { } file ? new StreamWriter(file) { AutoFlush = true } : null;
        using var models = options.Url is null ? new AttackModels(withLoop: !options.Skip.Contains("endless")) : null;
        using var own = models is null ? null : new ServerProcess(options.Server, models.Root, new LogWatch(log is null ? null : TextWriter.Synchronized(log)));
        if (own is not null)
        {
            output.WriteLine($"starting {string.Join(' ', options.Server)} at {own.Http} and {own.Grpc}");
            await own.StartAsync();
        }

        using var target = new AttackTarget(options, own, models);
        var factory = new RequestFactory(options.Seed, await RoutesAsync(target.Http));
        var context = new AttackContext(options, target, factory, new Violations(options.Seed), output);
        if (options.Only is { } only)
            return await OnlyAsync(context, only.First, only.Last);
        var unknown = options.Skip.Except([.. factory.Kinds, .. Phases.Select(phase => phase.Name)]).ToList();
        if (unknown.Count > 0)
            throw new ArgumentException($"--skip names no phase and no kind of requests: {string.Join(", ", unknown)}.");
        return await RunAsync(context, output);
    }

    private static async Task<bool> RunAsync(AttackContext context, TextWriter output)
    {
        var tallies = new List<Tally>();
        var failed = new List<string>();
        var passed = 0;
        // What is asked first is what the answers are compared with later.
        using (var canaries = context.ConnectCanaries())
            await canaries.AskAllAsync(new Tally("before"));
        foreach (var phase in Phases.Where(phase => !context.Skips(phase.Name) && (context.Target.Own is not null || !phase.NeedsOwnServer)))
        {
            var found = context.Violations.Count;
            if (context.Target.IsLost)
            {
                failed.Add($"{phase.Name} (not begun: the process ended too often)");
                continue;
            }

            output.WriteLine($"== {phase.Name}");
            tallies.Add(await RunAsync(phase, context));
            if (context.Violations.Count > found)
                failed.Add(phase.Name);
            else
                passed++;
        }

        if (!IsLogClean(context, tallies.Sum(tally => tally.ModelFailures), output))
            failed.Add("log");
        else if (context.Target.Own is not null)
            passed++;
        Write(context, tallies, output);
        output.WriteLine(failed.Count == 0 ? "" : $"failed: {string.Join(", ", failed)}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {failed.Count} failed"));
        return failed.Count == 0;
    }

    private static async Task<Tally> RunAsync(IPhase phase, AttackContext context)
    {
        var tally = new Tally(phase.Name);
        var before = MemoryWatch.Read(context.Target.Pid);
        var started = Stopwatch.GetTimestamp();
        await using (var memory = new MemoryWatch(() => context.Target.Pid).Start())
        {
            try
            {
                await phase.RunAsync(context, tally);
            }
            catch (Exception e) when (e is HttpRequestException or System.Net.Sockets.SocketException or InvalidOperationException)
            {
                context.Violation("the phase broke off", $"{phase.Name}: {e.Message}");
            }

            tally.Took = Stopwatch.GetElapsedTime(started);
            if (before is { } level)
                tally.Memory = (level, memory.Highest, MemoryWatch.Read(context.Target.Pid) ?? 0);
        }

        // The server writes its log in the background.
        await Task.Delay(s_logDelay, TimeProvider.System);
        return tally;
    }

    private static bool IsLogClean(AttackContext context, long modelFailures, TextWriter output)
    {
        if (context.Target.Own is not { Log: var log })
            return true;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nlog: {log.Lines} lines, {log.Warnings} warnings, " +
            $"{log.FailedRuns} lines about runs that a model failed, {log.FaultCount} that must not be there"));
        foreach (var fault in log.Faults)
            context.Violations.Add($"log: {fault[..fault.IndexOf(':', StringComparison.Ordinal)]}", fault);
        // A failed run, and the request that it failed.
        var isTold = modelFailures > 0 || log.FailedRuns == 0;
        if (!isTold)
            context.Violations.Add("the log has errors of runs, no answer has", log.FirstFailedRuns[0]);
        return log.FaultCount == 0 && isTold;
    }

    private static void Write(AttackContext context, List<Tally> tallies, TextWriter output)
    {
        output.WriteLine($"\n{Tally.Header}\n|---|---|---|---|---|---|---|---|---|---|---|");
        tallies.ForEach(output.WriteLine);
        var failures = tallies.Sum(tally => tally.ModelFailures);
        if (failures > 0)
        {
            output.WriteLine($"\n{failures} answers (500, INTERNAL) say that a model failed on an input; the first inputs:");
            foreach (var input in tallies.SelectMany(tally => tally.FailedInputs).Take(20))
                output.WriteLine($"  {input}");
        }

        context.Violations.Write(output);
    }

    private static async Task<bool> OnlyAsync(AttackContext context, long first, long last)
    {
        using var exchange = context.Connect();
        var tally = new Tally("only");
        for (var index = first; index <= last; index++)
        {
            var request = context.Factory.Make(index);
            if (context.Skips(request.Kind))
                continue;
            var outcome = await exchange.SendAsync(request, tally, () => request.Label);
            Show(context.Output, request, outcome, isLong: first == last);
        }

        if (context.Target.Own is { } own)
            await own.StopAsync(ServerProcess.DrainTimeout + context.Options.Patience);
        var isClean = IsLogClean(context, tally.ModelFailures, context.Output);
        context.Violations.Write(context.Output);
        return isClean && context.Violations.Count == 0;
    }

    private static void Show(TextWriter output, AttackRequest request, Outcome outcome, bool isLong)
    {
        const int LongestShown = 4000;
        var ends = outcome.Answers.Select(answer => answer.GrpcStatus is { } status ? $"grpc {status}" : $"{answer.Status}");
        if (isLong)
            output.WriteLine($"{Printable.Of(request, LongestShown)}\n");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{request.Index} [{request.Kind}] {Printable.Of(request.Label, 100)}: " +
            $"{outcome.End} {string.Join(", ", ends)} after {outcome.Took.TotalMilliseconds:0} ms"));
        if (!isLong)
            return;
        foreach (var answer in outcome.Answers)
            output.WriteLine(Printable.Of(answer.Text, LongestShown));
    }

    private static async Task<IReadOnlyList<OpenApiRoute>> RoutesAsync(Uri server)
    {
        using var client = new HttpClient();
        var document = JsonNode.Parse(await client.GetStringAsync(new Uri(server, "/swagger/v1/swagger.json")));
        return OpenApiRoute.ReadAll(document!);
    }
}
