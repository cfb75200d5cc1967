using System.Diagnostics;
using System.Globalization;

namespace SeqServe.Benchmarks.Reload;

/// <summary>
/// What reloads cost those who send requests: failed requests, p99 against the same load without reloads, and the server's memory before and after.
/// </summary>
internal static class ReloadCommand
{
    private const int KiB = 1024;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var model = arguments.Text("--model");
        var pid = arguments.Number("--pid", 0);
        var clients = arguments.Number("--clients", 32);
        var reloads = arguments.Number("--reloads", 100);
        var seconds = arguments.Number("--seconds", 30);
        var texts = File.ReadLines(arguments.Text("--texts")).Select(line => line.Split('\t')[^1]).Where(text => text.Length > 0).ToList();
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = clients + 1 }) { BaseAddress = new Uri(arguments.Text("--url")) };
        if (arguments.Text("--key", "") is { Length: > 0 } key)
            http.DefaultRequestHeaders.Add("X-Api-Key", key);

        using var load = new ClassifyLoad(http, model, texts, clients);
        // Connections, pools and the plan of the first load are no cost of a reload.
        await load.RunAsync(() => Task.Delay(TimeSpan.FromSeconds(seconds / 3.0), TimeProvider.System));
        var quiet = await load.RunAsync(() => Task.Delay(TimeSpan.FromSeconds(seconds), TimeProvider.System));
        var before = Resident(pid);
        var started = Stopwatch.GetTimestamp();
        var reloaded = await load.RunAsync(() => ReloadAsync(http, model, reloads));
        var took = Stopwatch.GetElapsedTime(started);
        await load.RunAsync(() => Task.Delay(TimeSpan.FromSeconds(seconds / 3.0), TimeProvider.System));
        var after = Resident(pid);

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model}: {clients} clients, {reloads} reloads in {took.TotalSeconds:0.0} s"));
        Console.WriteLine("| | requests | failed | p50 ms | p99 ms |\n|---|---|---|---|---|");
        Print("without reloads", quiet);
        Print("with reloads", reloaded);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\np99 with over without: **{reloaded.Milliseconds(99) / quiet.Milliseconds(99):0.00}**, failed requests: **{reloaded.Failed}**"));
        if (before is { } was && after is { } now)
            Console.WriteLine(
                string.Create(CultureInfo.InvariantCulture, $"resident memory after over before: **{now / was:0.000}** ({was / KiB:0} MiB before)"));
        return reloaded.Failed == 0 ? 0 : 1;
    }

    private static async Task ReloadAsync(HttpClient http, string model, int reloads)
    {
        for (var i = 0; i < reloads; i++)
        {
            using var answer = await http.PostAsync(new Uri($"/v2/repository/models/{model}/load", UriKind.Relative), null);
            answer.EnsureSuccessStatusCode();
        }
    }

    private static void Print(string name, LoadTimes times) =>
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"| {name} | {times.Answered} | {times.Failed} | {times.Milliseconds(50):0.00} | {times.Milliseconds(99):0.00} |"));

    /// <summary>Resident KiB of a process; null where there is none to read.</summary>
    private static double? Resident(int pid) =>
        pid == 0
            ? null
            : double.Parse(
                File.ReadLines($"/proc/{pid}/status").Single(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                    .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
                CultureInfo.InvariantCulture);
}
