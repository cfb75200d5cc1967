using System.Globalization;
using SeqServe.Api.Observability;
using Serilog.Events;
using Serilog.Parsing;

namespace SeqServe.UnitTests.Api.Observability;

public class TextLinesTests
{
    [Theory]
    [InlineData("x\n18:00:00.000 INF Model a is unloaded", "x\\u000a18:00:00.000 INF Model a is unloaded")]
    [InlineData("x\r\u001b[2J\u001b[31m", "x\\u000d\\u001b[2J\\u001b[31m")]
    [InlineData("\u0085\u009b\u2028\u2029\u007f", "\\u0085\\u009b\\u2028\\u2029\\u007f")]
    [InlineData("\u202etxt.exe\u2066", "\\u202etxt.exe\\u2066")]
    [InlineData("a\tb é 語 😀", "a\tb é 語 😀")]
    public void Format_ValueWithControlCharacters_StaysInItsLine(string value, string shown)
    {
        var line = Format(value);

        Assert.EndsWith($" WRN Model {shown} is odd ", line.TrimEnd('\r', '\n'), StringComparison.Ordinal);
        Assert.Equal(1, line.Count(c => c == '\n'));
    }

    [Fact]
    public void Format_Exception_IsIndentedSoThatNoLineOfItLooksLikeTheLogs()
    {
        var lines = Format("a", new InvalidOperationException("first\n18:00:00.000 INF forged\u001b[2J")).TrimEnd().Split('\n');

        Assert.Equal(3, lines.Length);
        Assert.All(lines[1..], line => Assert.StartsWith("    ", line, StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', lines[2]);
    }

    private static string Format(string value, Exception? exception = null)
    {
        var logged = new LogEvent(
            DateTimeOffset.UnixEpoch,
            LogEventLevel.Warning,
            exception,
            new MessageTemplateParser().Parse("Model {Model:l} is odd"),
            [new LogEventProperty("Model", new ScalarValue(value))]);
        using var output = new StringWriter(CultureInfo.InvariantCulture);
        new TextLines().Format(logged, output);
        return output.ToString();
    }
}
