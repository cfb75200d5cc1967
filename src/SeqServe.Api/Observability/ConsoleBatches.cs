using System.Globalization;
using Serilog.Core;
using Serilog.Debugging;
using Serilog.Events;
using Serilog.Formatting;

namespace SeqServe.Api.Observability;

/// <summary>Writes a batch of log lines with one system call.</summary>
/// <param name="format">Renders a line, its end included.</param>
/// <param name="console">Where the lines go; not owned.</param>
internal sealed class ConsoleBatches(ITextFormatter format, TextWriter console) : IBatchedLogEventSink, IDisposable
{
    private readonly StringWriter _lines = new(CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public Task EmitBatchAsync(IReadOnlyCollection<LogEvent> batch)
    {
        var lines = _lines.GetStringBuilder();
        try
        {
            foreach (var line in batch)
                format.Format(line, _lines);
            console.Write(lines);
            console.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // A full disk, or a closed pipe. Thrown, it would make Serilog wait for minutes before it writes again.
            SelfLog.WriteLine("Log lines could not be written: {0}", e);
        }
        finally
        {
            lines.Clear();
        }

        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public void Dispose() => _lines.Dispose();
}
