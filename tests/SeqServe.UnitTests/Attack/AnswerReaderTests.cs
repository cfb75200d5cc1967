using System.Text;
using SeqServe.Attack.Sending;

namespace SeqServe.UnitTests.Attack;

public class AnswerReaderTests
{
    private const string Interim = "HTTP/1.1 100 Continue\r\n\r\n";
    private const string Sized = "HTTP/1.1 400 Bad Request\r\nContent-Length: 3\r\n\r\nabc";
    private const string Chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nde\r\n1\r\nf\r\n0\r\n\r\n";
    private const string Refused = "HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\nContent-Length: 0\r\n\r\n";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1000)]
    public void Feed_OfSeveralAnswersInPieces_CutsThemApart(int piece)
    {
        var reader = new AnswerReader(isHead: false);

        foreach (var part in Encoding.ASCII.GetBytes(Interim + Sized + Chunked + Refused).Chunk(piece))
            reader.Feed(part);

        Assert.Equal([400, 200, 429], reader.Answers.Select(answer => answer.Status));
        Assert.Equal(["abc", "def", ""], reader.Answers.Select(answer => answer.Text));
        Assert.Equal([false, false, true], reader.Answers.Select(answer => answer.HasRetryAfter));
    }

    [Fact]
    public void Feed_OfAnAnswerThatIsCutOff_IsNone()
    {
        var reader = new AnswerReader(isHead: false);

        reader.Feed(Encoding.ASCII.GetBytes(Sized[..^1]));
        reader.End();

        Assert.Empty(reader.Answers);
    }

    [Fact]
    public void End_OfAnAnswerWithoutALength_MakesItWhole()
    {
        var reader = new AnswerReader(isHead: false);

        reader.Feed("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\ncause"u8);
        Assert.Empty(reader.Answers);
        reader.End();

        Assert.Equal("cause", Assert.Single(reader.Answers).Text);
    }

    [Fact]
    public void Feed_OfAnAnswerToHead_HasNoBody()
    {
        var reader = new AnswerReader(isHead: true);

        reader.Feed("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n"u8);

        Assert.Equal(200, Assert.Single(reader.Answers).Status);
    }

    [Fact]
    public void Feed_OfAnotherProtocol_Throws() =>
        Assert.Throws<InvalidDataException>(() => new AnswerReader(isHead: false).Feed("SSH-2.0-x\r\n\r\n"u8));
}
