using FsCheck.Xunit;
using SeqServe.Core.Tasks.Translation;
using SeqServe.UnitTests.Core.Tokenization;

namespace SeqServe.UnitTests.Core.Tasks.Translation;

public class SentenceSplitterTests
{
    [Theory]
    [InlineData("It rains. We stay.", "It rains.|We stay.")]
    [InlineData("Really?! Yes... \"Go on.\" He went.", "Really?!|Yes...|\"Go on.\"|He went.")]
    [InlineData("Mr. Smith met Dr. J. Watson. They talked.", "Mr. Smith met Dr. J. Watson.|They talked.")]
    [InlineData("Use tools, e.g. hammers. Or not.", "Use tools, e.g. hammers.|Or not.")]
    [InlineData("It costs 3.50 euros. Cheap!", "It costs 3.50 euros.|Cheap!")]
    [InlineData("He said no. and left.", "He said no. and left.")]
    [InlineData("你好。我很好！真的？", "你好。|我很好！|真的？")]
    [InlineData("«Bonjour.» Elle sourit.", "«Bonjour.»|Elle sourit.")]
    [InlineData("No mark at the end", "No mark at the end")]
    [InlineData("He thought about it for a while and said no. Then he left.", "He thought about it for a while and said no.|Then he left.")]
    [InlineData("Nobody ever told me. I waited.", "Nobody ever told me.|I waited.")]
    [InlineData("No. Then he left.", "No.|Then he left.")]
    [InlineData("C'est de l'art. Elle le sait.", "C'est de l'art.|Elle le sait.")]
    [InlineData("Ils sont sept. Tous dorment.", "Ils sont sept.|Tous dorment.")]
    [InlineData("See no. 5 and fig. 31 of it. Then art. 7 applies.", "See no. 5 and fig. 31 of it.|Then art. 7 applies.")]
    [InlineData("St. Peter met Gen. Lee. They went to Mt. Hood.", "St. Peter met Gen. Lee.|They went to Mt. Hood.")]
    [InlineData("They crossed the col. Snow fell.", "They crossed the col.|Snow fell.")]
    [InlineData("In the office of Me. Dupont nobody spoke. It rained.", "In the office of Me. Dupont nobody spoke.|It rained.")]
    [InlineData("Am 3. Mai kam er. Dann ging er.", "Am 3. Mai kam er.|Dann ging er.")]
    public void Sentences_OfALine_EndWhereTheyEnd(string line, string expected)
    {
        var segments = new List<TextSegment>();

        SentenceSplitter.Sentences(line, segments);

        Assert.Equal(expected, string.Join('|', segments.Where(segment => segment.HasWords).Select(segment => segment.Text)));
    }

    [Fact]
    public void Lines_KeepTheirBreaksAndIndents()
    {
        var segments = new List<TextSegment>();

        SentenceSplitter.Lines("  One\r\n\r\n\tTwo \n***\n", segments);

        Assert.Equal(["  ", "One", "\r\n\r\n", "\t", "Two", " ", "\n", "***", "\n"], segments.Select(segment => segment.Text));
        Assert.Equal(["One", "Two"], segments.Where(segment => segment.HasWords).Select(segment => segment.Text));
    }

    [Property]
    public void Segments_OfAnyText_JoinToIt(int[] picks)
    {
        var text = MixedText.From(picks);
        var lines = new List<TextSegment>();
        var sentences = new List<TextSegment>();

        SentenceSplitter.Lines(text, lines);
        SentenceSplitter.Sentences(text, sentences);

        Assert.Equal(text, string.Concat(lines.Select(segment => segment.Text)));
        Assert.Equal(text, string.Concat(sentences.Select(segment => segment.Text)));
    }
}
