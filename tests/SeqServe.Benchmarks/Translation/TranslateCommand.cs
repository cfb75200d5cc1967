using System.Globalization;

namespace SeqServe.Benchmarks.Translation;

/// <summary>
/// Translation: the server at 32 clients against one request at a time and against the offline loop; then, without HTTP, first tokens, the cost of
/// scheduling, and a short request among long ones. What is compared takes turns round by round.
/// </summary>
internal static class TranslateCommand
{
    private const int Clients = 32;

    public static async Task<int> Run(Arguments arguments)
    {
        var name = arguments.Text("--model");
        var texts = File.ReadLines(arguments.Text("--texts")).Select(line => line.Split('\t')[0]).Take(arguments.Number("--sentences", 1000)).ToList();
        var rounds = arguments.Number("--rounds", 5);
        var seconds = TimeSpan.FromSeconds(arguments.Number("--seconds", 5));
        var threads = arguments.Number("--threads", Environment.ProcessorCount);
        using var model = BenchTranslator.Open(arguments, name, threads);
        var sources = texts.ConvertAll(model.Encode);

        Console.WriteLine($"`{name}`, {texts.Count} test sentences, {threads} threads, medians of {rounds} rounds\n\n| | |\n|---|---|");
        if (arguments.Text("--url", "") is { Length: > 0 } url)
            await ServerAsync(new Uri(url), name, texts, sources, model, seconds, rounds, threads);
        EngineReport.Print(model, sources, rounds);
        return 0;
    }

    public static void Row(string what, double value, string unit = "") =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {value:0.###}{unit} |"));

    public static double Median(IEnumerable<double> values) => Quantile(values, 0.5);

    public static double Quantile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? double.NaN : sorted[Math.Min(sorted.Count - 1, (int)(part * sorted.Count))];
    }

    private static async Task ServerAsync(
        Uri url, string name, List<string> texts, List<int[]> sources, BenchTranslator model, TimeSpan seconds, int rounds, int threads)
    {
        using var load = new TranslateLoad(url, name, texts);
        var ceiling = new OfflineCeiling(model, sources, threads);
        var best = ceiling.BestSize();
        await load.TokensPerSecondAsync(Clients, TimeSpan.FromSeconds(1));
        var (one, many, offline) = (new List<double>(), new List<double>(), new List<double>());
        for (var round = 0; round < rounds; round++)
        {
            one.Add(await load.TokensPerSecondAsync(1, seconds));
            many.Add(await load.TokensPerSecondAsync(Clients, seconds));
            offline.Add(ceiling.TokensPerSecond(best));
        }

        Row("output tokens/s, one request at a time", Median(one));
        Row($"output tokens/s, {Clients} clients", Median(many));
        Row("ratio", Median(many.Zip(one, (a, b) => a / b)), " ×");
        Row($"output tokens/s, offline, batches of {best}", Median(offline));
        Row("share of the offline ceiling", Median(many.Zip(offline, (a, b) => a / b)));
    }
}
