using System.Text;
using SeqServe.LoadTest;

namespace SeqServe.UnitTests.LoadTest;

public class ResponseReaderTests
{
    private const string Refusal = "HTTP/1.1 429 Too Many Requests\r\ncontent-length: 2\r\nretry-after: 1\r\n\r\n{}";

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, true)]
    [InlineData("HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n", 200, true)]
    [InlineData("HTTP/1.1 204 No Content\r\n\r\n", 204, true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x=y\r\n!\r\n0\r\n\r\n", 200, true)]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n", 200, true)]
    [InlineData("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 Away\r\nContent-Length: 1\r\nConnection: close\r\n\r\n.", 503, false)]
    [InlineData("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\n.", 200, false)]
    [InlineData(Refusal, 429, true)]
    public void Feed_InPiecesOfAnySize_EndsWithTheAnswer(string answer, int status, bool keepsOpen)
    {
        var bytes = Encoding.ASCII.GetBytes(answer);
        var reader = new ResponseReader();
        for (var size = 1; size <= bytes.Length; size++)
        {
            reader.Begin();
            for (var at = 0; at < bytes.Length; at += size)
            {
                Assert.False(reader.IsDone);
                reader.Feed(bytes.AsSpan(at, Math.Min(size, bytes.Length - at)));
            }

            Assert.True(reader.IsDone);
            Assert.Equal((status, keepsOpen), (reader.Status, reader.KeepsOpen));
        }
    }

    [Fact]
    public void Feed_WithRetryAfter_ForgetsItForTheNextAnswer()
    {
        var reader = new ResponseReader();
        reader.Begin();
        reader.Feed(Encoding.ASCII.GetBytes(Refusal));
        var first = reader.HasRetryAfter;
        reader.Begin();
        reader.Feed("HTTP/1.1 429 No\r\nContent-Length: 0\r\n\r\n"u8);

        Assert.True(first);
        Assert.False(reader.HasRetryAfter);
    }

    [Fact]
    public void End_WhenNoLengthWasGiven_EndsTheAnswer()
    {
        var reader = new ResponseReader();
        reader.Begin();
        reader.Feed("HTTP/1.1 200 OK\r\n\r\nsome"u8);

        Assert.False(reader.IsDone);
        Assert.True(reader.End());
        Assert.False(reader.KeepsOpen);
    }

    [Fact]
    public void End_InTheMiddleOfABody_IsNoAnswer()
    {
        var reader = new ResponseReader();
        reader.Begin();
        reader.Feed("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome"u8);

        Assert.False(reader.End());
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: -4\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n.HTTP/1.1 200 OK")]
    [InlineData("HTTP/1.1 200 OK\r\nno colon\r\n")]
    public void Feed_WithWhatIsNoAnswer_Throws(string bytes)
    {
        var reader = new ResponseReader();
        reader.Begin();

        Assert.Throws<InvalidDataException>(() => reader.Feed(Encoding.ASCII.GetBytes(bytes)));
    }
}
