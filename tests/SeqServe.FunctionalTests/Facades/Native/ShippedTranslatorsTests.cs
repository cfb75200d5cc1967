using System.Net.Http.Json;
using System.Text.Json;
using SeqServe.FunctionalTests.Support;

namespace SeqServe.FunctionalTests.Facades.Native;

/// <summary>Every translation model of the shelf, through the server.</summary>
[Collection(ShippedSuite.Name)]
public sealed class ShippedTranslatorsTests(ShippedServer server)
{
    private const int Sentences = 64;

    private static readonly string[] s_subjects = ["I", "The old man", "My sister", "Nobody in this house", "Tom", "We", "The dog", "Everyone who was there"];

    private static readonly string[] s_verbs =
    [
        "like to read.", "was very tired yesterday!", "is here, isn't she?", "can speak French and a little German.", "went home.",
        "has no time to talk to you now.", "slept 8 hours.", "knows why 🙂.",
    ];

    public static TheoryData<string> Models => [.. ShippedTranslators()];

    [Fact]
    public void Shelf_Always_HasTheFourFamilies() =>
        Assert.Superset(new HashSet<string> { "en-fr-attention", "en-fr-cho", "en-fr-sutskever", "en-fr-transformer" }, ShippedTranslators().ToHashSet());

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Translate_MixedBatchJoiningAtDifferentSteps_EqualsSolo(string model)
    {
        string[] texts = [.. Enumerable.Range(0, Sentences).Select(i => $"{s_subjects[i % 8]} {s_verbs[i / 8]}")];
        var solo = new List<string>();
        for (var i = 0; i < texts.Length; i++)
            solo.Add(Tokens(await StreamAsync(model, texts[i])));

        var mixed = await Task.WhenAll(texts.Select(text => StreamAsync(model, text)));

        Assert.Equal(solo, mixed.Select(Tokens));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Translate_Beams_EqualSoloWhateverRunsBeside(string model)
    {
        string[] texts = [.. s_subjects.Select((subject, i) => $"{subject} {s_verbs[i]}")];
        var solo = new List<string>();
        foreach (var text in texts)
            solo.Add(Translations(await TranslateAsync(model, text)));

        var mixed = await Task.WhenAll(texts.Select(text => TranslateAsync(model, text)));

        Assert.Equal(solo, mixed.Select(Translations));
    }

    private static IEnumerable<string> ShippedTranslators() => Directory.EnumerateFiles(Shipped.Folder, "model.json", SearchOption.AllDirectories)
        .Select(file => JsonSerializer.Deserialize<JsonElement>(File.ReadAllText(file)))
        .Where(manifest => manifest.GetProperty("task").GetString() == "translation")
        .Select(manifest => manifest.GetProperty("name").GetString()!).Order(StringComparer.Ordinal);

    private async Task<List<(string Name, JsonElement Data)>> StreamAsync(string model, string text)
    {
        using var response = await server.Client.OpenStreamAsync(TranslateTests.Path, new { inputs = text, model, stream = true });
        return await response.ReadEventsAsync();
    }

    private Task<JsonElement> TranslateAsync(string model, string text) =>
        server.Client.PostAsJsonAsync(TranslateTests.Path, new { inputs = text, model, beam_size = 4, alternatives = 3 }).ReadAsync();

    private static string Tokens(List<(string Name, JsonElement Data)> events)
    {
        Assert.Equal("done", events[^1].Name);
        return string.Join(' ', events.Where(e => e.Data.TryGetProperty("token_id", out _)).Select(e => e.Data.GetProperty("token_id").GetInt32()));
    }

    private static string Translations(JsonElement answer)
    {
        var result = answer.Results()[0];
        return string.Join(
            '|',
            result.GetProperty("alternatives").EnumerateArray().Select(a => a.GetProperty("translation").GetString())
                .Prepend(result.GetProperty("translation").GetString()));
    }
}
