using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.UnitTests.Unicode;

/// <summary>The reference's tables of code points.</summary>
public class UnicodeDataTests
{
    [Fact]
    public void Whitespace_AllCodePoints_IsUnicodes25() => Assert.Equal(25, Enumerable.Range(0, 0x110000).Count(c => UnicodeData.Is(c, CharFlags.Whitespace)));

    [Theory]
    [InlineData('a', true)]
    [InlineData('_', true)]
    [InlineData(0x0301, true)]
    [InlineData(0x200D, true)]
    [InlineData(0xB2, false)]
    [InlineData('-', false)]
    public void Word_CodePoint_IsRusts(int codePoint, bool isWord) => Assert.Equal(isWord, UnicodeData.Is(codePoint, CharFlags.Word));

    [Fact]
    public void Decomposition_OfMostCodePoints_IsDotNets()
    {
        // Unicode 9, whose tables the reference has for normalization, is older than the machine's: what is new since then has no decomposition here.
        foreach (var c in Enumerable.Range(0xA0, 0x2FFF).Where(c => !char.IsSurrogate((char)c)))
        {
            if (UnicodeData.DecompositionOf(c, compatible: false) is { } parts)
                Assert.Equal(((char)c).ToString().Normalize(System.Text.NormalizationForm.FormD), string.Concat(parts.Select(char.ConvertFromUtf32)));
        }
    }

    [Theory]
    [InlineData(0x41, "Latin")]
    [InlineData(0x3042, "Hiragana")]
    [InlineData(0x4E2D, "Han")]
    [InlineData(0x20, "Common")]
    [InlineData(0x10FFFF, null)]
    public void ScriptOf_CodePoint_IsTheReferences(int codePoint, string? script) => Assert.Equal(script, UnicodeData.ScriptOf(codePoint));
}
