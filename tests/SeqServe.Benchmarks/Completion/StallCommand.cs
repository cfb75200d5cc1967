using System.Diagnostics;
using System.Globalization;

namespace SeqServe.Benchmarks.Completion;

/// <summary>Time between the tokens of 16 streams, with and without a long prompt that arrives every second.</summary>
internal static class StallCommand
{
    private const int Streams = 16;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        using var model = new OfflineModel(arguments);
        var url = arguments.Text("--url");
        using var client = new StreamClient(url, model.Name, model.EndId);
        var seconds = arguments.Number("--seconds", 20);
        var tokens = arguments.Number("--tokens", 64);
        var prompts = Prompts.Read(arguments, 200);
        var length = arguments.Number("--prompt", 512);
        var prompt = Enumerable.Range(0, length).Select(i => 4 + (i * 37 % (model.Backend.VocabularySize - 4))).ToArray();
        await client.ReadAsync(prompt);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model.Name}: {Streams} streams for {seconds} s"));
        Console.WriteLine("| | gaps | client p50 ms | client p99 ms | server p50 ms | server p99 ms | server p99 over p50 |\n|---|---|---|---|---|---|---|");
        foreach (var (name, longPrompt) in new[] { ("no long prompt", null), ($"a prompt of {length} tokens every second", prompt) })
        {
            var before = await InterTokenHistogram.ReadAsync(url, model.Name);
            var gaps = await Gaps(client, prompts, tokens, seconds, longPrompt);
            Print(name, gaps, await InterTokenHistogram.ReadAsync(url, model.Name), before);
        }

        return 0;
    }

    private static async Task<List<double>> Gaps(StreamClient client, IReadOnlyList<string> prompts, int tokens, int seconds, int[]? longPrompt)
    {
        var end = Stopwatch.GetTimestamp() + (seconds * Stopwatch.Frequency);
        var sender = longPrompt is null ? Task.CompletedTask : SendEverySecond(client, longPrompt, seconds);
        var gaps = await Task.WhenAll(Enumerable.Range(0, Streams).Select(i => StreamUntil(client, prompts, i, tokens, end)));
        await sender;
        return [.. gaps.SelectMany(g => g).Order()];
    }

    private static async Task<List<double>> StreamUntil(StreamClient client, IReadOnlyList<string> prompts, int index, int tokens, long end)
    {
        var gaps = new List<double>();
        for (var i = index; Stopwatch.GetTimestamp() < end; i += Streams)
        {
            var times = await client.StreamAsync(prompts[i % prompts.Count], tokens);
            for (var token = 1; token < times.Count; token++)
                gaps.Add(Stopwatch.GetElapsedTime(times[token - 1], times[token]).TotalMilliseconds);
        }

        return gaps;
    }

    private static async Task SendEverySecond(StreamClient client, int[] prompt, int seconds)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1));
        var sent = new List<Task>();
        for (var i = 0; i < seconds && await timer.WaitForNextTickAsync(); i++)
            sent.Add(client.ReadAsync(prompt));
        await Task.WhenAll(sent);
    }

    private static void Print(string name, List<double> gaps, InterTokenHistogram after, InterTokenHistogram before)
    {
        double At(double share) => gaps[(int)(share * (gaps.Count - 1))];
        var (half, most) = (after.Quantile(0.5, before), after.Quantile(0.99, before));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {name} | {gaps.Count} | {At(0.5):0.00} | {At(0.99):0.00} | {half:0.00} | {most:0.00} | **{most / half:0.00}** |"));
    }
}
