using System.Text.Json;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests;

/// <summary>Tokenizers of trained models against transformers.</summary>
public class RealTokenizersTests
{
    private static readonly string[] s_texts = Fixture.Texts("expected/texts.json");

    // model_max_length of each tokenizer_config.json.
    private const int Limit = 128;

    public static TheoryData<string> Names => new(Fixture.Names("models", ".tokenizer.json.gz"));

    [Theory]
    [MemberData(nameof(Names))]
    public void EachTokenizer_AllTexts_AsTheReference(string name)
    {
        var tokenizer = Tokenizer.FromJson(Fixture.Bytes($"models/{name}.tokenizer.json.gz"));
        var expected = Fixture.Json($"expected/{name}.tokens.json.gz").EnumerateArray().ToArray();
        Assert.Equal(s_texts.Length, expected.Length);
        var differences = new List<string>();
        for (var i = 0; i < expected.Length; i++)
        {
            var text = s_texts[i];
            var encoding = tokenizer.Encode(text);
            var bare = tokenizer.Encode(text, new EncodeOptions { AddSpecialTokens = false });
            Same("ids", [.. encoding.Ids]);
            Same("bare", [.. bare.Ids]);
            Same("offsets", Fixture.CodePointOffsets(encoding, text));
            if (expected[i].TryGetProperty("cut", out var cut))
            {
                var limited = tokenizer.Encode(text, new EncodeOptions { MaxLength = Limit });
                Same("cut", [.. limited.Ids]);
                Assert.True(limited.IsTruncated);
            }
            else
            {
                Assert.False(encoding.Count <= Limit && tokenizer.Encode(text, new EncodeOptions { MaxLength = Limit }).IsTruncated);
            }

            var decoded = tokenizer.Decode(bare.Ids, cleanUpSpaces: name.Contains("bert-", StringComparison.Ordinal));
            if (decoded != expected[i].GetProperty("decoded").GetString())
            {
                var wanted = expected[i].GetProperty("decoded").GetRawText();
                differences.Add($"{JsonSerializer.Serialize(text)} decoded: {wanted} is wanted, {JsonSerializer.Serialize(decoded)} is given");
            }


            void Same(string property, int[] actual)
            {
                var wanted = Fixture.Numbers(expected[i].GetProperty(property));
                if (wanted.SequenceEqual(actual))
                    return;
                var shown = JsonSerializer.Serialize(text);
                differences.Add($"{shown} {property}: [{string.Join(", ", wanted)}] is wanted, [{string.Join(", ", actual)}] is given");
            }
        }

        Assert.True(differences.Count == 0, $"{differences.Count} differences\n" + string.Join('\n', differences.Take(10)));
    }
}
