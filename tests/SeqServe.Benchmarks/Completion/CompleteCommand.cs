using System.Diagnostics;
using System.Globalization;

namespace SeqServe.Benchmarks.Completion;

/// <summary>
/// Tokens per second of streamed greedy completions at 1 and at 16 streams, and of an offline loop at the same batches. Server, streams and loop take turns
/// round by round, so that a slow moment of a shared machine falls on all of them. A stream asks for several answers, one behind the other, since with a single
/// one the pauses before and after it count as much as the pace. The server has to run with one thread, as the loop does.
/// </summary>
internal static class CompleteCommand
{
    private const int Many = 16;

    // The client's code is compiled for good after some thousands of events.
    private const int WarmRounds = 8;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        using var model = new OfflineModel(arguments);
        using var client = new StreamClient(arguments.Text("--url"), model.Name, model.EndId);
        var tokens = arguments.Number("--tokens", 48);
        var answers = arguments.Number("--answers", 8);
        var rounds = arguments.Number("--rounds", 7);
        var prompts = Prompts.Read(arguments, Many);
        var ids = prompts.Select(p => model.Tokenizer.Encode(p, 128).Ids).ToList();

        var samples = new List<double[]>();
        for (var round = -WarmRounds; round < rounds; round++)
        {
            double[] sample =
            [
                await Served(client, [prompts[0]], tokens, answers), await Served(client, prompts, tokens, answers),
                Offline(model, ids[..1], tokens, answers), Offline(model, ids, tokens, answers),
            ];
            if (round >= 0)
                samples.Add(sample);
        }

        double Median(Func<double[], double> of) => samples.Select(of).Order().ElementAt(rounds / 2);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{model.Name}: {answers} answers of {tokens} tokens a stream, median of {rounds} rounds, one compute thread"));
        Console.WriteLine("| | tokens/s |\n|---|---|");
        var rows = new[] { ("served, 1 stream", 0), ($"served, {Many} streams", 1), ("offline loop, batch 1", 2), ($"offline loop, batch {Many}", 3) };
        foreach (var (name, index) in rows)
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Median(s => s[index]):0} |"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| **{Many} streams over 1** | **{Median(s => s[1] / s[0]):0.00}** |"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| **{Many} streams over the offline loop** | **{Median(s => s[1] / s[3]):0.00}** |"));
        return 0;
    }

    private static async Task<double> Served(StreamClient client, IReadOnlyList<string> prompts, int tokens, int answers)
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(prompts.Select(prompt => StreamAsync(client, prompt, tokens, answers)));
        return prompts.Count * answers * tokens / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    private static async Task StreamAsync(StreamClient client, string prompt, int tokens, int answers)
    {
        for (var answer = 0; answer < answers; answer++)
            await client.StreamAsync(prompt, tokens);
    }

    private static double Offline(OfflineModel model, List<int[]> prompts, int tokens, int answers)
    {
        var started = Stopwatch.GetTimestamp();
        for (var answer = 0; answer < answers; answer++)
            OfflineLoop.Run(model, prompts, tokens);
        return prompts.Count * answers * tokens / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
