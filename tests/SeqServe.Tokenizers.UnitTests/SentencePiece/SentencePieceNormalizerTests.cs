using SeqServe.Tokenizers.SentencePiece;
using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests.SentencePiece;

public sealed class SentencePieceNormalizerTests
{
    private static readonly SentencePieceNormalizer s_normalizer =
        new(SentencePieceModel.Read(FolderFixture.Reader("marian-en-fr")("source.spm")!, "source.spm"), "source.spm", hasLanguageCodes: true);

    [Theory]
    [InlineData("Hello  world ", "▁Hello▁world")]
    [InlineData("①", "▁1")]
    [InlineData("   ", "")]
    [InlineData("", "")]
    [InlineData("▁", "")]
    [InlineData("e\u0301", "▁é")]
    [InlineData(">>fra<< a", ">>fra<<▁a")]
    [InlineData(">>fra<<  ", ">>fra<<")]
    [InlineData(">>fra a", "▁>>fra▁a")]
    public void Apply_Text_AsTheLibrary(string text, string expected) => Assert.Equal(expected, s_normalizer.Apply(text));

    [Fact]
    public void Apply_JoinedCharacters_HaveThePartOfAll()
    {
        var text = new NormalizedText();
        text.Set("ae\u0301 b", 5);
        s_normalizer.Apply(text);

        Assert.Equal("▁aé▁b", text.Span.ToString());
        Assert.Equal(new TextRange(5, 5), text.PartOf(0));
        Assert.Equal(new TextRange(6, 8), text.PartOf(2));
        Assert.Equal(new TextRange(9, 10), text.PartOf(4));
    }
}
