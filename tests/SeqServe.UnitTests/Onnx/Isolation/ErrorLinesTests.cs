using System.Text;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Onnx.Isolation;

namespace SeqServe.UnitTests.Onnx.Isolation;

public class ErrorLinesTests
{
    private readonly List<string> _log = [];
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Add_OfPartsOfLines_LogsLines()
    {
        var lines = new ErrorLines(_log.Add, _time);

        foreach (var part in new[] { "ter", "minate called\n\n  \nsecond\r\nth", "ird" })
            lines.Add(Encoding.UTF8.GetBytes(part));
        Assert.Equal(["terminate called", "second"], _log);
        lines.End();

        Assert.Equal(["terminate called", "second", "third"], _log);
        Assert.Equal("third", lines.Last);
    }

    [Fact]
    public void Add_OfALineWithoutEnd_KeepsAndLogsItsBeginning()
    {
        var lines = new ErrorLines(_log.Add, _time);

        for (var i = 0; i < 1000; i++)
            lines.Add(Encoding.UTF8.GetBytes(new string('x', 1000)));
        lines.Add("\nnext\n"u8);

        Assert.Equal([new string('x', ErrorLines.MaxLength) + "…", "next"], _log);
    }

    [Fact]
    public void Add_OfMoreLinesThanAMinuteTakes_CountsThem()
    {
        var lines = new ErrorLines(_log.Add, _time);
        for (var i = 0; i < ErrorLines.MaxPerMinute + 5; i++)
            lines.Add("again\n"u8);
        Assert.Equal(ErrorLines.MaxPerMinute, _log.Count);
        _log.Clear();

        _time.Advance(TimeSpan.FromMinutes(1));
        lines.Add("later\n"u8);

        Assert.Equal(["… and 5 lines more", "later"], _log);
    }

    [Fact]
    public void End_AfterDroppedLines_SaysHowMany()
    {
        var lines = new ErrorLines(_log.Add, _time);
        for (var i = 0; i < ErrorLines.MaxPerMinute + 2; i++)
            lines.Add("again\n"u8);

        lines.End();

        Assert.Equal("… and 2 lines more", _log[^1]);
    }
}
