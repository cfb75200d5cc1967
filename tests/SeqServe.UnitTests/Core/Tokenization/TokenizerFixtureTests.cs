using System.Text.Json;
using SeqServe.Core.Tokenization;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Tokenization;

public class TokenizerFixtureTests
{
    private const int MinLines = 200;
    private const int MaxShown = 5;
    private static readonly string s_fixture = Path.Combine(AppContext.BaseDirectory, "Fixtures", "Tokenization", "sentiment.jsonl");

    public static TheoryData<string> SentimentModels =>
        [.. ShippedModelNames.Classifiers.Where(name => name.StartsWith("sentiment-", StringComparison.Ordinal))];

    [Fact]
    public void Fixture_ByLines_IsLargeEnough() => Assert.InRange(File.ReadLines(s_fixture).Count(), MinLines, int.MaxValue);

    [Theory]
    [MemberData(nameof(SentimentModels))]
    public void Encode_OfFixture_GivesTheTrainersIds(string model)
    {
        var file = File.ReadAllBytes(Path.Combine(RepositoryRoot.Model(model), "tokenizer.model"));
        var tokenizer = SentencePieceBpeTokenizer.Open(file, "tokenizer.model", TextNormalization.NfkcCasefold, default);
        var differences = new List<string>();
        var number = 0;
        foreach (var line in File.ReadLines(s_fixture))
        {
            number++;
            if (Difference(tokenizer, line) is { } difference)
                differences.Add($"line {number}: {difference}");
        }

        Assert.True(differences.Count == 0, $"{differences.Count} of {number} lines differ:\n{string.Join('\n', differences.Take(MaxShown))}");
    }

    private static string? Difference(SentencePieceBpeTokenizer tokenizer, string line)
    {
        using var json = JsonDocument.Parse(line);
        var text = json.RootElement.GetProperty("text").GetString()!;
        var normalized = json.RootElement.GetProperty("normalized").GetString();
        var ids = json.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32()).ToArray();

        var ours = TextNormalizer.Normalize(text, TextNormalization.NfkcCasefold);
        if (ours != normalized)
            return $"{text}\n  normalized {ours}\n  expected   {normalized}";
        var encoded = tokenizer.Encode(text, int.MaxValue / 64).Ids;
        return encoded.AsSpan().SequenceEqual(ids) ? null : $"{text}\n  ids      {string.Join(' ', encoded)}\n  expected {string.Join(' ', ids)}";
    }
}
