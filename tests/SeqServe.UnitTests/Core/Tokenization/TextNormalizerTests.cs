using FsCheck.Xunit;
using SeqServe.Core.Tokenization;

namespace SeqServe.UnitTests.Core.Tokenization;

public class TextNormalizerTests
{
    // Quadratic work on 200,000 marks would take minutes: the test would hang.
    [Theory]
    [InlineData(30, 30)]
    [InlineData(31, 30)]
    [InlineData(200_000, 30)]
    public void Normalize_RunOfMarks_KeepsThirty(int marks, int kept)
    {
        var text = "q" + string.Concat(Enumerable.Range(0, marks).Select(i => i % 2 == 0 ? '\u0307' : '\u0323')) + "r";

        var normalized = TextNormalizer.Normalize(text, TextNormalization.Nfkc);

        Assert.Equal("qr", string.Concat(normalized.Where(char.IsAsciiLetter)));
        Assert.Equal(1 + kept + 1, normalized.Length);
    }

    [Fact]
    public void Normalize_MarksOfManyLetters_KeepsThemAll()
    {
        var text = string.Concat(Enumerable.Repeat("q\u0307\u0323", 100));

        Assert.Equal(300, TextNormalizer.Normalize(text, TextNormalization.Nfkc).Length);
    }

    [Theory]
    [InlineData("  Two\t words\r\n", "two words")]
    [InlineData("Ｆｕｌｌ　ｗｉｄｔｈ", "full width")]
    [InlineData("ﬁlm ½ ²", "film 1\u20442 2")]
    [InlineData("CAFE\u0301", "café")]
    [InlineData("a\u0001b\u0085c\u2028d\u00A0e", "a b c d e")]
    [InlineData("STRASSE ß", "strasse ß")]
    [InlineData("ΑΣ", "ασ")]
    [InlineData("İ", "İ")]
    [InlineData("H\u0331", "h\u0331")]
    [InlineData("\U00010400", "\U00010428")]
    [InlineData("zero\u200Bwidth", "zero\u200Bwidth")]
    public void Normalize_NfkcCasefold_FollowsTheContract(string text, string expected) =>
        Assert.Equal(expected, TextNormalizer.Normalize(text, TextNormalization.NfkcCasefold));

    [Theory]
    [InlineData("  Two\t WORDS ", "Two WORDS")]
    [InlineData("É", "É")]
    public void Normalize_Nfkc_KeepsCase(string text, string expected) => Assert.Equal(expected, TextNormalizer.Normalize(text, TextNormalization.Nfkc));

    [Theory]
    [InlineData("  Two\t WORDS ﬁ ", "  Two\t WORDS ﬁ ")]
    public void Normalize_None_OnlyReplacesWhatIsUnusable(string text, string expected) =>
        Assert.Equal(expected, TextNormalizer.Normalize(text, TextNormalization.None));

    // As numbers: a text with half a surrogate pair does not survive the way to the test.
    [Theory]
    [InlineData(0xD800, TextNormalization.Nfkc)]
    [InlineData(0xDC00, TextNormalization.Nfkc)]
    [InlineData(0xFFFE, TextNormalization.Nfkc)]
    [InlineData(0xD800, TextNormalization.None)]
    [InlineData(0xFFFE, TextNormalization.None)]
    public void Normalize_UnusableCharacter_BecomesReplacementCharacter(int character, TextNormalization rule) =>
        Assert.Equal("a\uFFFDb", TextNormalizer.Normalize($"a{(char)character}b", rule));

    [Fact]
    public void Normalize_NormalText_IsTheSameObject()
    {
        const string text = "a quiet , moving film";

        Assert.Same(text, TextNormalizer.Normalize(text, TextNormalization.NfkcCasefold));
    }

    [Fact]
    public void Normalize_SurrogatePair_StaysWhole() => Assert.Equal("🙂\uFFFD🙂", TextNormalizer.Normalize("🙂\uD83D🙂", TextNormalization.Nfkc));

    [Property]
    public void Normalize_Twice_ChangesNothingMore(int[] picks, TextNormalization rule)
    {
        var once = TextNormalizer.Normalize(MixedText.From(picks), rule);

        Assert.Equal(once, TextNormalizer.Normalize(once, rule));
    }

    [Property]
    public void Normalize_AnyText_LeavesNoSpaceToCollapse(int[] picks)
    {
        var text = TextNormalizer.Normalize(MixedText.From(picks), TextNormalization.NfkcCasefold);

        Assert.Equal(text.Trim(), text);
        Assert.DoesNotContain("  ", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text, char.IsControl);
    }
}
