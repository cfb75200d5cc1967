using System.Globalization;
using System.Text;
using SeqServe.Api.Observability;
using SeqServe.TestSupport;
using Serilog;
using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting.Display;

namespace SeqServe.UnitTests.Api.Observability;

public sealed class ConsoleBatchesTests : IDisposable
{
    private readonly FakeConsole _console = new();

    [Fact]
    public void Dispose_WithLinesThatWait_WritesThemAllInTheirOrder()
    {
        _console.Hold();
        var log = Log();
        for (var i = 0; i < 1000; i++)
            log.Write(i % 10 == 0 ? LogEventLevel.Warning : LogEventLevel.Information, "{Number}", i);

        _console.Release();
        log.Dispose();

        Assert.Equal(Enumerable.Range(0, 1000).Select(i => i.ToString(CultureInfo.InvariantCulture)), _console.Lines);
    }

    [Fact]
    public void Write_WhileTheConsoleStandsStill_NeverWaitsAndKeepsWhatFits()
    {
        const int capacity = 10;
        _console.Hold();
        var log = Log(capacity);
        log.Information("first");
        _console.AwaitBatch();

        for (var i = 0; i < 1000; i++)
            log.Information("{Number}", i);

        _console.Release();
        log.Dispose();
        Assert.Equal(["first", .. Enumerable.Range(0, capacity).Select(i => $"{i}")], _console.Lines);
    }

    [Fact]
    public void Write_OntoAFullDisk_LosesItsLinesAndNothingElse()
    {
        _console.IsFull = true;
        var log = Log();
        log.Warning("lost");
        _console.AwaitBatch();
        log.Warning("lost");
        _console.AwaitBatch();

        _console.IsFull = false;
        log.Information("kept");
        log.Dispose();

        Assert.Equal(["kept"], _console.Lines);
    }

    public void Dispose() => _console.Dispose();

    private Logger Log(int maxWaitingLines = 10_000) =>
        new LoggerConfiguration().WriteTo.Batches(new MessageTemplateTextFormatter("{Message:lj}\n"), _console, maxWaitingLines).CreateLogger();

    private sealed class FakeConsole : StringWriter
    {
        private readonly ManualResetEventSlim _gate = new(true);
        private readonly SemaphoreSlim _begun = new(0);

        public string[] Lines => ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        public volatile bool IsFull;

        public void Hold() => _gate.Reset();

        public void Release() => _gate.Set();

        public void AwaitBatch() => Patience.Wait(_begun);

        public override void Write(StringBuilder? value)
        {
            var isFull = IsFull;
            _begun.Release();
            Patience.Wait(_gate);
            if (isFull)
                throw new IOException("No space left on device");
            base.Write(value);
        }

        protected override void Dispose(bool disposing)
        {
            _gate.Dispose();
            _begun.Dispose();
            base.Dispose(disposing);
        }
    }
}
