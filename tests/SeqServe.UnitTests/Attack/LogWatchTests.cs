using System.Text;
using SeqServe.Attack.Server;

namespace SeqServe.UnitTests.Attack;

public class LogWatchTests
{
    [Theory]
    [InlineData("12:00:00.000 INF POST /v1/classify 200 in 1.000 ms", 0)]
    [InlineData("12:00:00.000 WRN 12 requests were refused", 0)]
    [InlineData("12:00:00.000 ERR Unhandled exception at /translate", 1)]
    [InlineData("12:00:00.000 INF a\u001b[2J", 1)]
    [InlineData("12:00:00.000 INF a\rb", 1)]
    [InlineData("12:00:00.000 INF a\u202eb", 1)]
    [InlineData("terminate called without an active exception", 1)]
    [InlineData("12:00:00.000 INF Error reading message.\n    System.IO.IOException: x\n       at A.B()", 1)]
    [InlineData("12:00:00.000 ERR A run of 2 rows failed; the first is of trace 1\n    System.Exception: x\n       at A.B()", 0)]
    [InlineData("12:00:00.000 ERR Model bad cannot be loaded\n    System.Exception: x", 0)]
    public async Task Read_OfLines_CountsWhatMustNotBeThere(string lines, int faults)
    {
        var log = new LogWatch(copy: null) { Expected = { "bad" } };

        await log.ReadAsync(new MemoryStream(Encoding.UTF8.GetBytes(lines + "\n")));

        Assert.Equal(faults, log.FaultCount);
        Assert.Equal(faults, log.Faults.Count);
    }

    [Fact]
    public async Task Read_OfALineWithoutItsEnd_TakesIt()
    {
        var log = new LogWatch(copy: null);

        await log.ReadAsync(new MemoryStream("12:00:00.000 INF a\nlast words"u8.ToArray()));

        Assert.Equal(2, log.Lines);
        Assert.Equal(["no line of the log: last words"], log.Faults);
    }
}
