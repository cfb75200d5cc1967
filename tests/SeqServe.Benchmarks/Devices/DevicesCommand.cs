using System.Globalization;
using System.Text.Json;

namespace SeqServe.Benchmarks.Devices;

/// <summary>
/// Two servers with the same models on different devices: whether they answer alike, and how many requests a second each answers at several numbers of clients,
/// in turns.
/// </summary>
internal static class DevicesCommand
{
    private const double ProbabilityTolerance = 1e-4;
    private const double EqualShare = 0.99;

    private static readonly int[] s_clients = [1, 16, 64, 256];

    public static async Task<int> RunAsync(Arguments arguments)
    {
        using var first = new DeviceServer(arguments.Text("--url"));
        using var second = new DeviceServer(arguments.Text("--other"));
        var span = TimeSpan.FromSeconds(arguments.Number("--seconds", 5));
        var (models, others) = (await first.ModelsAsync(), await second.ModelsAsync());
        var faults = 0;
        var header = string.Join(" | ", s_clients.Select(static clients => $"{clients} clients"));
        Console.WriteLine($"| model | devices | answers | requests/s over the other's: {header} |");
        Console.WriteLine($"|---|---|---|{string.Concat(Enumerable.Repeat("---|", s_clients.Length))}");
        var ordered = models.OrderBy(static model => model.Value.Task, StringComparer.Ordinal).ThenBy(static model => model.Key, StringComparer.Ordinal);
        foreach (var (name, (task, device, labels)) in ordered)
        {
            if (!others.TryGetValue(name, out var other) || Kind.Of(task, labels) is not { } kind)
                continue;
            var (verdict, isEqual) = await CompareAsync(first, second, name, kind);
            faults += isEqual ? 0 : 1;
            var cells = new List<string>();
            foreach (var clients in s_clients)
            {
                var (one, two) = (await RateAsync(first, kind, name, clients, span), await RateAsync(second, kind, name, clients, span));
                cells.Add(string.Create(CultureInfo.InvariantCulture, $"{one:0} / {two:0} = {one / two:0.00}"));
            }

            Console.WriteLine($"| {name} | {device}, {other.Device} | {verdict} | {string.Join(" | ", cells)} |");
        }

        Console.WriteLine($"{faults} models differ");
        return faults == 0 ? 0 : 1;
    }

    private static Task<double> RateAsync(DeviceServer server, Kind kind, string model, int clients, TimeSpan span) =>
        server.RateAsync(kind.Route, text => kind.Body(model, text, 1), clients, span);

    private static async Task<(string Verdict, bool IsEqual)> CompareAsync(DeviceServer first, DeviceServer second, string model, Kind kind)
    {
        if (kind.IsClassifier)
        {
            var largest = 0.0;
            foreach (var text in DeviceTexts.All)
            {
                var scores = await Task.WhenAll(ScoresAsync(first, kind, model, text), ScoresAsync(second, kind, model, text));
                largest = Math.Max(largest, scores[0].Max(score => Math.Abs(score.Value - scores[1].GetValueOrDefault(score.Key))));
            }

            return (string.Create(CultureInfo.InvariantCulture, $"probabilities within {largest:0.0e+0}"), largest <= ProbabilityTolerance);
        }

        var (verdicts, isEqual) = (new List<string>(), true);
        foreach (var beams in kind.Beams)
        {
            var equal = 0;
            foreach (var text in DeviceTexts.All)
            {
                var body = kind.Body(model, text, beams);
                var answers = await Task.WhenAll(first.AskAsync(kind.Route, body), second.AskAsync(kind.Route, body));
                equal += kind.Answer(answers[0]) == kind.Answer(answers[1]) ? 1 : 0;
            }

            verdicts.Add($"{equal} of {DeviceTexts.All.Count} equal{(beams > 1 ? $" with {beams} beams" : "")}");
            isEqual &= equal >= EqualShare * DeviceTexts.All.Count;
        }

        return (string.Join(", ", verdicts), isEqual);
    }

    private static async Task<Dictionary<string, double>> ScoresAsync(DeviceServer server, Kind kind, string model, string text) =>
        (await server.AskAsync(kind.Route, kind.Body(model, text, 1))).GetProperty("results")[0].GetProperty("scores").EnumerateArray()
            .ToDictionary(static score => score.GetProperty("label").GetString()!, static score => score.GetProperty("score").GetDouble());

    /// <param name="Route">The route.</param>
    /// <param name="Beams">What is compared: searches of so many beams.</param>
    /// <param name="Body">A request for a model, a text and a number of beams.</param>
    /// <param name="Answer">What must be equal; of classifiers it is the scores.</param>
    private sealed record Kind(string Route, int[] Beams, Func<string, string, int, object> Body, Func<JsonElement, string?> Answer)
    {
        public bool IsClassifier => Beams.Length == 0;

        public static Kind? Of(string task, int labels) => task switch
        {
            "classification" => new("/v1/classify", [], (model, inputs, _) => new { model, inputs, top_k = labels }, static _ => null),
            "translation" => new(
                "/v1/translate", [1, 4], static (model, inputs, beam_size) => new { model, inputs, beam_size },
                static answer => answer.GetProperty("results")[0].GetProperty("translation").GetString()),
            "language-model" => new(
                "/v1/completions", [1], static (model, prompt, _) => new { model, prompt, max_tokens = 24, temperature = 0 },
                static answer => answer.GetProperty("choices")[0].GetProperty("text").GetString()),
            _ => null,
        };
    }
}
