using System.Diagnostics;
using System.Globalization;
using SeqServe.Core.Backends;

namespace SeqServe.Benchmarks.Sessions;

/// <summary>Times one row on the throughput session and on the latency session, in blocks in alternation.</summary>
internal static class LoneRuns
{
    private const int BlockRuns = 24;
    private const int WarmRuns = 4;
    private static readonly ManualResetEventSlim s_never = new(false, spinCount: 0);

    public static string Measure(string name, IEncoderBackend backend, int length, int rounds, TimeSpan pause)
    {
        using var batch = new PaddedBatch(1, length, padId: 0);
        batch.SetRow(0, [.. Enumerable.Range(0, length).Select(t => 4 + (t * 104_729 % 2900))]);
        var logits = new float[backend.Width];
        var (plain, latency) = (new List<double>(), new List<double>());
        var (plainCpu, latencyCpu) = (TimeSpan.Zero, TimeSpan.Zero);
        for (var round = 0; round < rounds; round++)
        {
            Block(() => backend.Run(batch, logits), pause, plain, ref plainCpu);
            Block(() => backend.RunOnLatencySession(batch, logits), pause, latency, ref latencyCpu);
        }

        rounds *= BlockRuns - WarmRuns;
        return string.Create(CultureInfo.InvariantCulture, $"| {name} | {length} | {Median(plain):0.000} | {Median(latency):0.000} | " +
            $"{Median(latency) / Median(plain):0.00} | {plainCpu.TotalMilliseconds / rounds:0.000} | {latencyCpu.TotalMilliseconds / rounds:0.000} |");
    }

    // Several of a kind in a row: the first ones only bring the weights into the caches of the cores that run them.
    private static void Block(Action run, TimeSpan pause, List<double> times, ref TimeSpan cpu)
    {
        for (var i = 0; i < BlockRuns; i++)
        {
            var (ms, spent) = Time(run, pause);
            if (i < WarmRuns)
                continue;
            times.Add(ms);
            cpu += spent;
        }
    }

    private static (double Ms, TimeSpan Cpu) Time(Action run, TimeSpan pause)
    {
        var cpu = Environment.CpuUsage.TotalTime;
        var started = Stopwatch.GetTimestamp();
        run();
        var ms = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        // What spins on after the run is part of its cost.
        s_never.Wait(pause);
        return (ms, Environment.CpuUsage.TotalTime - cpu);
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
