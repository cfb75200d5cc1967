using System.Text.Json;
using FsCheck.Xunit;
using SeqServe.Core.Tokenization;

namespace SeqServe.UnitTests.Core.Tokenization;

public class SentencePieceDetokenizerTests
{
    private const int MinLines = 1000;
    private const int MaxShown = 5;
    private const int FirstByteId = 4;
    private static readonly string s_fixture = Path.Combine(AppContext.BaseDirectory, "Fixtures", "Tokenization", "decoding.jsonl");
    private static readonly SentencePieceBpeTokenizer s_tokenizer = ShippedTokenizer.Plain;

    [Fact]
    public void Decode_OfFixture_GivesWhatSentencePieceGives()
    {
        var differences = new List<string>();
        var lines = File.ReadAllLines(s_fixture);
        foreach (var line in lines)
        {
            using var json = JsonDocument.Parse(line);
            var expected = json.RootElement.GetProperty("text").GetString()!;
            var decoded = s_tokenizer.Decode([.. json.RootElement.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())]);
            if (decoded != expected)
                differences.Add($"{line}\n  decoded {JsonSerializer.Serialize(decoded)}");
        }

        Assert.InRange(lines.Length, MinLines, int.MaxValue);
        Assert.True(differences.Count == 0, $"{differences.Count} of {lines.Length} lines differ:\n{string.Join('\n', differences.Take(MaxShown))}");
    }

    [Property]
    public void Decode_OfEncoded_GivesTheNormalizedText(int[] picks)
    {
        var text = MixedText.From(picks);
        // U+2581 is how the vocabulary writes a space, so it comes back as one.
        var normalized = TextNormalizer.Normalize(text, TextNormalization.NfkcCasefold).Replace('\u2581', ' ');

        Assert.Equal(normalized, s_tokenizer.Decode(s_tokenizer.Encode(text, 100_000).Ids));
    }

    [Property]
    public void Append_OfAnyIds_JoinsToTheDecodedTextWithoutSplitCharacters(ushort[] picks)
    {
        int[] ids = [.. picks.Select(pick => pick % 3 == 0 ? pick % s_tokenizer.VocabularySize : pick % (FirstByteId + 256))];
        var detokenizer = s_tokenizer.NewDetokenizer();

        string[] deltas = [.. ids.Select(detokenizer.Append), detokenizer.Finish()];

        Assert.Equal(s_tokenizer.Decode(ids), string.Concat(deltas));
        Assert.All(deltas, delta => Assert.DoesNotContain(delta.EnumerateRunes(), rune => rune.Value == 0xFFFD && !delta.Contains('\uFFFD')));
    }

    [Fact]
    public void Append_CharacterInBytes_ComesWithItsLastByte()
    {
        var detokenizer = s_tokenizer.NewDetokenizer();

        Assert.Equal(["", "", "", "🙂"], new[] { 0xF0, 0x9F, 0x99, 0x82 }.Select(b => detokenizer.Append(FirstByteId + b)));
        Assert.Equal("", detokenizer.Finish());
    }

    [Fact]
    public void Finish_InTheMiddleOfACharacter_GivesOneReplacementPerByte()
    {
        var detokenizer = s_tokenizer.NewDetokenizer();
        detokenizer.Append(FirstByteId + 0xF0);
        detokenizer.Append(FirstByteId + 0x9F);

        Assert.Equal("\uFFFD\uFFFD", detokenizer.Finish());
        Assert.Equal("", detokenizer.Finish());
    }

    [Fact]
    public void Append_FirstWord_HasASpaceOnlyWhenItContinuesAText()
    {
        var film = s_tokenizer.Encode("film", 10).Ids[0];

        Assert.Equal("film", s_tokenizer.NewDetokenizer().Append(film));
        Assert.Equal(" film", s_tokenizer.NewDetokenizer(continuesText: true).Append(film));
    }

    [Fact]
    public void TokenText_OfEachKind_SaysWhatThePieceIs()
    {
        Assert.Equal("</s>", s_tokenizer.TokenText(3));
        Assert.Equal("<0xE6>", s_tokenizer.TokenText(FirstByteId + 0xE6));
        Assert.Equal(" film", s_tokenizer.TokenText(s_tokenizer.Encode("film", 10).Ids[0]));
    }
}
