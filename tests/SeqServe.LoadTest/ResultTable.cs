using System.Globalization;
using System.Text.Json;

namespace SeqServe.LoadTest;

/// <summary>The results for people: a row per turn and, of two servers, the ratios of their medians.</summary>
internal static class ResultTable
{
    public static JsonSerializerOptions Json { get; } = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public static void Write(IReadOnlyList<LoadResult> results, LoadOptions options, TextWriter output)
    {
        var load = options.Rate is { } rate ? FormattableString.Invariant($"open loop, {rate:0} requests/s") : $"closed loop, {options.Clients} clients";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{load}; {options.Texts.Count} texts; {options.Duration.TotalSeconds:0} s a turn after " +
            $"{options.WarmUp.TotalSeconds:0} s of warm-up; {Environment.ProcessorCount} cores shared with the generator\n"));
        output.WriteLine("| server | answered/s | p50 ms | p90 | p99 | p99.9 | max | server CPU ms | generator CPU ms | other statuses |");
        output.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (var r in results)
        {
            var others = string.Join(", ", r.Statuses.Where(s => s.Key is < 200 or > 299).OrderBy(s => s.Key).Select(s => $"{s.Key}: {s.Value}"));
            if (r.RefusedWithoutRetryAfter > 0)
                others += $", without Retry-After: {r.RefusedWithoutRetryAfter}";
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {r.Url} | {r.PerSecond:0} | {r.P50:0.00} | {r.P90:0.00} | {r.P99:0.00} | " +
                $"{r.P999:0.00} | {r.Max:0.00} | {r.ServerCpuMs:0.000} | {r.GeneratorCpuMs:0.000} | {others} |"));
        }

        if (options.Targets.Count == 2)
            WriteRatios(results, options, output);
    }

    private static void WriteRatios(IReadOnlyList<LoadResult> results, LoadOptions options, TextWriter output)
    {
        var a = results.Where(r => r.Url == options.Targets[0].Url.ToString()).ToList();
        var b = results.Where(r => r.Url == options.Targets[1].Url.ToString()).ToList();
        string Ratio(Func<LoadResult, double> of) => (Median(a, of) / Median(b, of)).ToString("0.00", CultureInfo.InvariantCulture);
        output.WriteLine($"\nfirst over second, medians of {options.Turns} turns: answered/s {Ratio(r => r.PerSecond)}, p50 {Ratio(r => r.P50)}, p99 " +
            $"{Ratio(r => r.P99)}, server CPU {Ratio(r => r.ServerCpuMs ?? double.NaN)}");
    }

    private static double Median(List<LoadResult> results, Func<LoadResult, double> of)
    {
        var values = results.Select(of).Order().ToList();
        return values.Count % 2 == 1 ? values[values.Count / 2] : (values[(values.Count / 2) - 1] + values[values.Count / 2]) / 2;
    }
}
