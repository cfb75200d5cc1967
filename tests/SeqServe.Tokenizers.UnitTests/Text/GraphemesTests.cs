using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.UnitTests.Text;

public class GraphemesTests
{
    [Theory]
    [InlineData("ab", 1)]
    [InlineData("e\u0301\u0323x", 3)]
    [InlineData("\r\n", 2)]
    [InlineData("\n\u0301", 1)]
    [InlineData("©\u200D®x", 3)]
    [InlineData("\u0600a", 2)]
    public void Next_Text_EndsItsFirstCluster(string text, int length) => Assert.Equal(length, Graphemes.Next(text, 0));
}
