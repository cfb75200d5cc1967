using System.Buffers;
using System.Globalization;
using Serilog.Events;
using Serilog.Formatting;
using Serilog.Formatting.Display;

namespace SeqServe.Api.Observability;

/// <summary>
/// Log lines for people. Messages hold names from requests, graphs and folders: control characters are escaped, so that none of them can begin a line or move
/// the cursor of a terminal, and the lines of an exception are indented, so that none of them looks like a line of the log.
/// </summary>
internal sealed class TextLines : ITextFormatter
{
    private const string Indent = "    ";

    private static readonly MessageTemplateTextFormatter s_line = new(
        "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj} {TraceId}", CultureInfo.InvariantCulture);

    // C0 without the tab, DEL, C1, the two separators that some programs take for line ends, and what turns the direction of writing.
    private static readonly SearchValues<char> s_control = SearchValues.Create(
        [.. Enumerable.Range(0, 0xA0).Select(c => (char)c).Where(c => char.IsControl(c) && c != '\t'), '\u2028', '\u2029', .. "\u202A\u202B\u202C\u202D\u202E",
            .. "\u2066\u2067\u2068\u2069"]);

    // One for each thread that writes lines, which is one: a line then costs no memory of its own.
    [ThreadStatic]
    private static StringWriter? s_buffer;

    /// <inheritdoc/>
    public void Format(LogEvent logEvent, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(logEvent);
        ArgumentNullException.ThrowIfNull(output);
        var buffer = s_buffer ??= new StringWriter(CultureInfo.InvariantCulture);
        var line = buffer.GetStringBuilder().Clear();
        s_line.Format(logEvent, buffer);
        foreach (var part in line.GetChunks())
            Write(part.Span, output);
        output.WriteLine();
        if (logEvent.Exception is not { } exception)
            return;
        foreach (var part in exception.ToString().EnumerateLines())
        {
            output.Write(Indent);
            Write(part, output);
            output.WriteLine();
        }
    }

    private static void Write(ReadOnlySpan<char> text, TextWriter output)
    {
        for (var at = text.IndexOfAny(s_control); at >= 0; at = text.IndexOfAny(s_control))
        {
            output.Write(text[..at]);
            output.Write(string.Create(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:x4}"));
            text = text[(at + 1)..];
        }

        output.Write(text);
    }
}
