using System.Net.Http.Json;
using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.HuggingFace;

/// <summary>
/// The exports that are too large for the repository, from a folder that the environment names: <c>models/NAME</c> as Optimum writes them,
/// <c>expected/NAME.json</c> as <c>Fixtures/HuggingFace/make</c> writes them.
/// </summary>
public sealed class HuggingFaceFolderTests
{
    private const double Tolerance = 1e-4;

    private static readonly string s_folder = Environment.GetEnvironmentVariable(HuggingFaceFolderFactAttribute.Variable) ?? "";

    [HuggingFaceFolderFact]
    public async Task Translate_EveryDirectionAndSearch_IsWhatTransformersGenerates()
    {
        await using var server = await StartAsync();
        using var client = server.CreateClient();
        foreach (var (model, cases) in Expected("beams4"))
        {
            await AssertTranslates(client, model, cases, "greedy", new() { ["beam_size"] = 1, ["max_tokens"] = 40 });
            await AssertTranslates(client, model, cases, "default", []);
            await AssertTranslates(client, model, cases, "beams4", new() { ["beam_size"] = 4, ["alternatives"] = 3, ["max_tokens"] = 40 });
        }
    }

    [HuggingFaceFolderFact]
    public async Task Complete_EveryCaseOfEveryModel_IsWhatTransformersGenerates()
    {
        await using var server = await StartAsync();
        using var client = server.CreateClient();
        foreach (var (model, cases) in Expected("prompt_log_probs"))
        {
            Dictionary<string, object> Request(JsonElement c) =>
                new() { ["model"] = model, ["prompt"] = Text(c, "prompt"), ["max_tokens"] = 24, ["temperature"] = 0, ["echo"] = true };

            var answers = await Task.WhenAll(cases.Select(c => PostAsync(client, "/v1/completions", Request(c))));
            Assert.All(answers.Zip(cases), pair => Assert.Equal(Text(pair.Second, "text"), Text(pair.First.GetProperty("choices")[0], "text")));
        }
    }

    private static Task<SeqServer> StartAsync() =>
        new SeqServer(new Dictionary<string, string> { ["SeqServe:ModelRepository"] = Path.Combine(s_folder, "models") }).StartAsync();

    // Models whose cases have a field.
    private static IEnumerable<(string Model, List<JsonElement> Cases)> Expected(string field)
    {
        foreach (var file in Directory.EnumerateFiles(Path.Combine(s_folder, "expected"), "*.json").Order(StringComparer.Ordinal))
        {
            var expected = JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(file));
            if (expected.ValueKind != JsonValueKind.Object || !expected.TryGetProperty("cases", out var list))
                continue;
            var cases = list.EnumerateArray().ToList();
            if (cases[0].TryGetProperty(field, out _))
                yield return (Path.GetFileNameWithoutExtension(file), cases);
        }
    }

    private static async Task AssertTranslates(
        HttpClient client, string model, List<JsonElement> cases, string kind, Dictionary<string, object> options)
    {
        var answers = await Task.WhenAll(cases.Select(c => PostAsync(client, "/v1/translate", new(options)
        {
            ["model"] = model,
            ["inputs"] = Text(c, "text"),
            ["source"] = c.TryGetProperty("source", out var source) ? source.GetString()! : null!,
            ["target"] = c.TryGetProperty("target", out var target) ? target.GetString()! : null!,
        })));
        foreach (var (answer, expected) in answers.Zip(cases))
        {
            var result = answer.GetProperty("results")[0];
            var alternatives = result.TryGetProperty("alternatives", out var others) ? others.EnumerateArray().ToList() : [];
            JsonElement[] given = [result, .. alternatives];
            var wanted = expected.GetProperty(kind).EnumerateArray().ToList();
            Assert.Equal(wanted.Select(w => Text(w, "text").Trim()), given.Select(g => Text(g, "translation").Trim()));
            foreach (var (hypothesis, scored) in given.Zip(wanted))
            {
                if (scored.TryGetProperty("score", out var score))
                    Assert.Equal(score.GetDouble(), hypothesis.GetProperty("score").GetDouble(), Tolerance);
            }
        }
    }

    private static string Text(JsonElement element, string key) => element.GetProperty(key).GetString()!;

    private static async Task<JsonElement> PostAsync(HttpClient client, string path, Dictionary<string, object> body)
    {
        using var response = await client.PostAsJsonAsync(path, body);
        return await response.ReadJsonAsync();
    }
}

/// <summary>A test of exports that are not in the repository.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class HuggingFaceFolderFactAttribute : FactAttribute
{
    /// <summary>The variable of the environment that names their folder.</summary>
    public const string Variable = "SEQSERVE_HUGGINGFACE";

    public HuggingFaceFolderFactAttribute()
    {
        if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable(Variable)))
            Skip = $"{Variable} names no folder of exports (models/, expected/)";
    }
}
