using System.Text.Json;

namespace SeqServe.FunctionalTests.Support;

/// <summary>Texts of the committed tokenization fixture.</summary>
internal static class FixtureTexts
{
    /// <summary>Texts of as many different lengths as there are, shortest to longest shuffled into each other.</summary>
    public static IReadOnlyList<string> MixedLengths(int count, int maxTokens)
    {
        var byLength = Read().Where(t => t.Tokens >= 1 && t.Tokens <= maxTokens).OrderBy(t => t.Tokens).ToList();
        var spread = Enumerable.Range(0, count).Select(i => byLength[i * (byLength.Count - 1) / (count - 1)].Text).ToArray();
        new Random(4711).Shuffle(spread);
        return spread;
    }

    private static IEnumerable<(string Text, int Tokens)> Read()
    {
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Fixtures", "Tokenization", "sentiment.jsonl")))
        {
            using var json = JsonDocument.Parse(line);
            yield return (json.RootElement.GetProperty("text").GetString()!, json.RootElement.GetProperty("ids").GetArrayLength());
        }
    }
}
