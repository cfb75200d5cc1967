using System.Text;
using System.Text.Json;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests;

/// <summary>Small tokenizers of one part or option each against the reference.</summary>
public class PartsTests
{
    private static readonly string[] s_texts = Fixture.Texts("parts/texts.json");

    public static TheoryData<string> Parts => new(Fixture.Names("parts", ".json.gz"));

    [Theory]
    [MemberData(nameof(Parts))]
    public void EachPart_AllTexts_AsTheReference(string name)
    {
        var fixture = Fixture.Json($"parts/{name}.json.gz");
        var tokenizer = Tokenizer.FromJson(Encoding.UTF8.GetBytes(fixture.GetProperty("tokenizer").GetRawText()));
        var options = tokenizer.StoredTruncation ?? EncodeOptions.Default;
        var differences = new List<string>();
        var cases = fixture.GetProperty("cases").EnumerateArray().ToArray();
        Assert.Equal(s_texts.Length, cases.Length);
        for (var i = 0; i < cases.Length; i++)
            Compare(tokenizer, options, s_texts[i], cases[i], differences);
        if (fixture.TryGetProperty("pairs", out var pairs))
        {
            foreach (var pair in pairs.EnumerateArray())
                ComparePair(tokenizer, options, pair, differences);
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences\n" + string.Join('\n', differences.Take(10)));
    }

    private static void Compare(Tokenizer tokenizer, EncodeOptions options, string text, JsonElement expected, List<string> differences)
    {
        var shown = JsonSerializer.Serialize(text);
        if (expected.TryGetProperty("error", out _))
        {
            if (Record.Exception(() => tokenizer.Encode(text, options)) is not (InvalidDataException or ArgumentException))
                differences.Add($"{shown} is not refused");
            return;
        }

        var encoding = tokenizer.Encode(text, options);
        var bare = tokenizer.Encode(text, options with { AddSpecialTokens = false });
        Same("ids", expected, "ids", [.. encoding.Ids]);
        Same("offsets", expected, "offsets", Fixture.CodePointOffsets(encoding, text));
        Same("types", expected, "types", [.. encoding.TypeIds]);
        Same("bare", expected, expected.TryGetProperty("bare", out _) ? "bare" : "ids", [.. bare.Ids]);
        var decoded = tokenizer.Decode(encoding.Ids);
        var withSpecials = tokenizer.Decode(encoding.Ids, skipSpecialTokens: false);
        SameText("decoded", expected.GetProperty("decoded").GetString()!, decoded);
        var property = expected.TryGetProperty("with_specials", out _) ? "with_specials" : "decoded";
        SameText("with specials", expected.GetProperty(property).GetString()!, withSpecials);
        var stream = tokenizer.StartDecoding();
        var parts = new StringBuilder();
        foreach (var id in encoding.Ids)
            parts.Append(stream.Append(id));
        SameText("streamed", decoded, parts.Append(stream.Finish()).ToString());

        void Same(string what, JsonElement from, string name, int[] actual)
        {
            var wanted = from.TryGetProperty(name, out var value) ? Fixture.Numbers(value) : new int[actual.Length];
            if (!wanted.SequenceEqual(actual))
                differences.Add($"{shown} {what}: [{string.Join(", ", wanted)}] is wanted, [{string.Join(", ", actual)}] is given");
        }

        void SameText(string what, string wanted, string actual)
        {
            if (wanted != actual)
                differences.Add($"{shown} {what}: {JsonSerializer.Serialize(wanted)} is wanted, {JsonSerializer.Serialize(actual)} is given");
        }
    }

    private static void ComparePair(Tokenizer tokenizer, EncodeOptions options, JsonElement expected, List<string> differences)
    {
        var pair = expected.GetProperty("pair").EnumerateArray().Select(t => t.GetString()!).ToArray();
        var shown = expected.GetProperty("pair").GetRawText();
        if (expected.TryGetProperty("error", out _))
        {
            if (Record.Exception(() => tokenizer.Encode(pair[0], pair[1], options)) is not ArgumentException)
                differences.Add($"{shown} is not refused");
            return;
        }

        var encoding = tokenizer.Encode(pair[0], pair[1], options);
        Same("ids", [.. encoding.Ids]);
        Same("offsets", Fixture.CodePointOffsets(encoding, pair[0], pair[1]));
        Same("types", [.. encoding.TypeIds]);

        void Same(string property, int[] actual)
        {
            var wanted = expected.TryGetProperty(property, out var value) ? Fixture.Numbers(value) : new int[actual.Length];
            if (!wanted.SequenceEqual(actual))
                differences.Add($"{shown} {property}: [{string.Join(", ", wanted)}] is wanted, [{string.Join(", ", actual)}] is given");
        }
    }
}
