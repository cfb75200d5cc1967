using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Api.Observability;
using Serilog;
using Serilog.Core;
using Serilog.Formatting.Display;

namespace SeqServe.UnitTests.Api.Observability;

public sealed class BufferedConsoleTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FullableConsole _console = new() { NewLine = "\n" };
    private readonly BufferedConsole _sink;
    private readonly Logger _log;

    public BufferedConsoleTests()
    {
        _sink = new BufferedConsole(new MessageTemplateTextFormatter("{Level:u3} {Message:lj};", CultureInfo.InvariantCulture), _console, _time);
        _log = new LoggerConfiguration().WriteTo.Sink(_sink).CreateLogger();
    }

    [Fact]
    public void Emit_Lines_WritesThemTogetherAfterATenthOfASecond()
    {
        _log.Information("one");
        _time.Advance(TimeSpan.FromMilliseconds(99));
        _log.Information("two");
        Assert.Empty(_console.ToString());

        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("INF one;INF two;", _console.ToString());
    }

    [Fact]
    public void Emit_AfterAFlush_WaitsAgain()
    {
        _log.Information("one");
        _time.Advance(TimeSpan.FromMilliseconds(100));
        _log.Information("two");
        Assert.Equal("INF one;", _console.ToString());

        _time.Advance(TimeSpan.FromMilliseconds(100));
        Assert.Equal("INF one;INF two;", _console.ToString());
    }

    [Fact]
    public void Emit_AWarning_WritesAllAtOnceAndInOrder()
    {
        _log.Information("one");
        _log.Warning("two");

        Assert.Equal("INF one;WRN two;", _console.ToString());
    }

    [Fact]
    public void Emit_ManyLines_WritesBeforeTheTimeIsOver()
    {
        for (var i = 0; i < 1000; i++)
            _log.Information("a line of some length {Number}", i);

        Assert.True(_console.ToString().Length > 16_384);
    }

    [Fact]
    public void Dispose_WithLinesThatWait_WritesThem()
    {
        _log.Information("last");
        _sink.Dispose();

        Assert.Equal("INF last;", _console.ToString());
    }

    [Fact]
    public void Flush_OnAFullDisk_LosesItsLinesAndNothingElse()
    {
        _console.IsFull = true;
        _log.Information("lost");
        _time.Advance(TimeSpan.FromMilliseconds(100));

        _console.IsFull = false;
        _log.Information("kept");
        _time.Advance(TimeSpan.FromMilliseconds(100));

        Assert.Equal("INF kept;", _console.ToString());
    }

    public void Dispose()
    {
        _log.Dispose();
        _sink.Dispose();
        _console.Dispose();
    }

    private sealed class FullableConsole : StringWriter
    {
        public bool IsFull { get; set; }

        public override void Write(StringBuilder? value)
        {
            if (IsFull)
                throw new IOException("No space left on device");
            base.Write(value);
        }
    }
}
