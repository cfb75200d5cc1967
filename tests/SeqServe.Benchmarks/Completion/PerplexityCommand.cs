using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;

namespace SeqServe.Benchmarks.Completion;

/// <summary>Perplexity per word of a file's texts, one a line, through <c>/v1/score</c>.</summary>
internal static class PerplexityCommand
{
    private const int Batch = 128;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        using var http = new HttpClient { BaseAddress = new Uri(arguments.Text("--url")) };
        var model = arguments.Text("--model");
        var (sum, words, texts) = (0.0, 0, 0);
        foreach (var chunk in File.ReadLines(arguments.Text("--texts")).Where(line => !string.IsNullOrWhiteSpace(line)).Chunk(Batch))
        {
            using var response = await http.PostAsJsonAsync("/v1/score", new { inputs = chunk, model });
            var answer = JsonSerializer.Deserialize<JsonElement>(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
            foreach (var result in answer.GetProperty("results").EnumerateArray())
            {
                sum += result.GetProperty("log_probability").GetDouble();
                words += result.GetProperty("words").GetInt32();
                texts++;
            }
        }

        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{model}: {texts} texts, {words} words, perplexity per word {Math.Exp(-sum / words):0.000}"));
        return 0;
    }
}
