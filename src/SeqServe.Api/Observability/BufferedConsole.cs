using System.Globalization;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Formatting;

namespace SeqServe.Api.Observability;

/// <summary>
/// Writes log lines to the console, many at once: under load a system call for each line costs more than the line. A line waits at most a tenth of a second;
/// warnings and worse, with all that came before them, are written at once.
/// </summary>
internal sealed class BufferedConsole : ILogEventSink, IDisposable
{
    private const int MaxCharacters = 16 * 1024;
    private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly StringWriter _lines = new(CultureInfo.InvariantCulture);
    private readonly ITextFormatter _format;
    private readonly TextWriter _console;
    private readonly ITimer _timer;
    private bool _timed;

    /// <summary>Makes a console.</summary>
    /// <param name="format">Renders a line, its end included.</param>
    /// <param name="console">Where lines go; not owned.</param>
    /// <param name="time">The clock.</param>
    public BufferedConsole(ITextFormatter format, TextWriter console, TimeProvider time)
    {
        _format = format;
        _console = console;
        _timer = time.CreateTimer(static state => ((BufferedConsole)state!).Flush(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    public void Emit(LogEvent logEvent)
    {
        lock (_gate)
        {
            _format.Format(logEvent, _lines);
            if (logEvent.Level >= LogEventLevel.Warning || _lines.GetStringBuilder().Length >= MaxCharacters)
            {
                FlushLocked();
            }
            else if (!_timed)
            {
                _timed = true;
                _timer.Change(s_longestWait, Timeout.InfiniteTimeSpan);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        Flush();
    }

    private void Flush()
    {
        lock (_gate)
        {
            _timed = false;
            FlushLocked();
        }
    }

    private void FlushLocked()
    {
        var lines = _lines.GetStringBuilder();
        if (lines.Length == 0)
            return;
        try
        {
            _console.Write(lines);
            _console.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // A log that goes to a full disk loses lines; on the timer's thread the exception would end the process.
            SelfLog.WriteLine("Log lines could not be written: {0}", e);
        }
        finally
        {
            lines.Clear();
        }
    }
}
