using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests;

/// <summary>Tokenizers of random parts against the reference, on random texts of all scripts.</summary>
public class RandomTokenizersTests
{
    private static readonly Lazy<JsonElement[]> s_all = new(() => [.. Fixture.Json("random.json.gz").EnumerateArray()]);

    private static readonly Lazy<string> s_charsMap = new(() => Fixture.Json("parts/normalizer-Precompiled.json.gz")
        .GetProperty("tokenizer").GetProperty("normalizer").GetProperty("precompiled_charsmap").GetString()!);

    public static TheoryData<int> Groups => new(Enumerable.Range(0, 14));

    [Theory]
    [MemberData(nameof(Groups))]
    public void RandomParts_RandomTexts_AsTheReference(int group)
    {
        var differences = new List<string>();
        for (var i = group; i < s_all.Value.Length; i += 14)
        {
            var fixture = s_all.Value[i];
            var written = fixture.GetProperty("tokenizer").GetRawText().Replace("\"*\"", $"\"{s_charsMap.Value}\"", StringComparison.Ordinal);
            var json = JsonNode.Parse(written)!.AsObject();
            var model = Small.Bytes(["Ġ", "▁", "a", "b", "</w>", "##a", " ", "Ġa", "aĠ", " b ", "▁▁", "é", "|"]);
            model["ignore_merges"] = json["model"]!["ignore_merges"]!.GetValue<bool>();
            json["model"] = model;
            var tokenizer = Tokenizer.FromJson(Encoding.UTF8.GetBytes(json.ToJsonString()));
            foreach (var expected in fixture.GetProperty("cases").EnumerateArray())
                Compare(tokenizer, expected, $"{i} {expected.GetProperty("text").GetRawText()}", differences);
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences\n" + string.Join('\n', differences.Take(5)));
    }

    private static void Compare(Tokenizer tokenizer, JsonElement expected, string shown, List<string> differences)
    {
        var text = expected.GetProperty("text").GetString()!;
        var pair = expected.TryGetProperty("pair", out var second) ? second.GetString() : null;
        var options = (tokenizer.StoredTruncation ?? EncodeOptions.Default) with { AddSpecialTokens = !expected.TryGetProperty("bare", out _) };
        if (expected.TryGetProperty("error", out _))
        {
            Assert.Throws<ArgumentException>(() => tokenizer.Encode(text, pair, options));
            return;
        }

        var encoding = tokenizer.Encode(text, pair, options);
        Same("ids", [.. encoding.Ids]);
        Same("offsets", Fixture.CodePointOffsets(encoding, text, pair));
        Same("types", [.. encoding.TypeIds]);
        Same("words", [.. Enumerable.Range(0, encoding.Count).Select(t => encoding.WordOf(t) ?? -1)]);
        var decoded = tokenizer.Decode(encoding.Ids);
        SameText(expected.GetProperty("decoded").GetString()!, decoded);
        var withSpecials = expected.TryGetProperty("with_specials", out var with) ? with.GetString()! : decoded;
        SameText(withSpecials, tokenizer.Decode(encoding.Ids, skipSpecialTokens: false));

        void Same(string property, int[] actual)
        {
            var wanted = expected.TryGetProperty(property, out var value) ? Fixture.Numbers(value) : new int[actual.Length];
            if (!wanted.SequenceEqual(actual))
                differences.Add($"{shown} {property}: [{string.Join(", ", wanted)}] is wanted, [{string.Join(", ", actual)}] is given");
        }

        void SameText(string wanted, string actual)
        {
            if (wanted != actual)
                differences.Add($"{shown} decoded: {JsonSerializer.Serialize(wanted)} is wanted, {JsonSerializer.Serialize(actual)} is given");
        }
    }
}
