using System.Text;
using System.Text.RegularExpressions;
using SeqServe.Attack.Verdicts;

namespace SeqServe.Attack.Server;

/// <summary>
/// Reads the server's console and finds what must not stand there: errors, lines that are none of the log (stack traces, last words of a process), control
/// characters.
/// </summary>
/// <param name="copy">Where the lines go as well, or null.</param>
internal sealed partial class LogWatch(TextWriter? copy)
{
    private const int MostFaults = 20;
    private const int LongestLine = 1 << 16;
    private const int LongestShown = 400;
    private const int LongestKind = 60;
    private const string Indent = "    ";

    private readonly Lock _gate = new();
    private readonly List<string> _faults = [];
    private readonly List<string> _failedRuns = [];
    private readonly Dictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private Line _last;

    // What a line begins, which the lines of an exception behind it go on with.
    private enum Line
    {
        Ordinary,
        Fault,
        Wanted,
    }

    /// <summary>How many lines there were.</summary>
    public long Lines { get; private set; }

    /// <summary>How many lines were warnings.</summary>
    public long Warnings { get; private set; }

    /// <summary>How many lines must not be there; the first of them are <see cref="Faults"/>.</summary>
    public long FaultCount { get; private set; }

    /// <summary>Lines about runs that a model failed, which its answers say too.</summary>
    public long FailedRuns { get; private set; }

    /// <summary>The first lines that must not be there.</summary>
    public IReadOnlyList<string> Faults => _faults;

    /// <summary>The first lines about runs that a model failed.</summary>
    public IReadOnlyList<string> FirstFailedRuns => _failedRuns;

    /// <summary>Names whose errors are wanted: a model that cannot be served is placed on purpose.</summary>
    public HashSet<string> Expected { get; } = [];

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="console">The server's output.</param>
    public async Task ReadAsync(Stream console)
    {
        var buffer = new byte[1 << 16];
        var line = new List<byte>();
        for (int count; (count = await console.ReadAsync(buffer)) > 0;)
        {
            for (var i = 0; i < count; i++)
            {
                // Not by a reader of lines: it would take a lone carriage return, which must not be there, for an end.
                if (buffer[i] != '\n' && line.Count < LongestLine)
                {
                    line.Add(buffer[i]);
                    continue;
                }

                Take(Encoding.UTF8.GetString([.. line]));
                line.Clear();
            }
        }

        if (line.Count > 0)
            Take(Encoding.UTF8.GetString([.. line]));
    }

    /// <summary>Looks at a line.</summary>
    public void Take(string line)
    {
        lock (_gate)
        {
            Lines++;
            copy?.WriteLine(line);
            var level = Head().Match(line).Groups["level"].Value;
            if (Control().IsMatch(line))
                Note("control character", line);
            else if (level.Length == 0)
                TakeFurther(line);
            else
                TakeHead(level, line);
        }
    }

    private void TakeHead(string level, string line)
    {
        if (level == "WRN")
            Warnings++;
        _last = Line.Ordinary;
        if (level is not ("ERR" or "FTL"))
            return;
        if (Expected.Any(name => line.Contains(name, StringComparison.Ordinal)))
        {
            _last = Line.Wanted;
        }
        else if (FailedRun().IsMatch(line))
        {
            _last = Line.Wanted;
            FailedRuns++;
            if (_failedRuns.Count < MostFaults)
                _failedRuns.Add(Printable.Of(line, LongestShown));
        }
        else
        {
            _last = Line.Fault;
            Note("error", line);
        }
    }

    // An exception's lines are indented, and belong to the line above.
    private void TakeFurther(string line)
    {
        if (!line.StartsWith(Indent, StringComparison.Ordinal))
            Note("no line of the log", line);
        else if (_last == Line.Ordinary)
            Note("exception", line);
        if (_last == Line.Ordinary)
            _last = Line.Fault;
    }

    private void Note(string fault, string line)
    {
        FaultCount++;
        var kind = $"{fault}: {Varying().Replace(line, "#")}";
        kind = kind.Length > LongestKind ? kind[..LongestKind] : kind;
        var same = _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
        if (same == 1 && _faults.Count < MostFaults)
            _faults.Add($"{fault}: {Printable.Of(line, LongestShown)}");
    }

    [GeneratedRegex(@"^\d\d:\d\d:\d\d\.\d{3} (?<level>[A-Z]{3}) ")]
    private static partial Regex Head();

    [GeneratedRegex(@"[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]")]
    private static partial Regex Control();

    // The run's own line, and the request's, which has status 500 only for this where the answers are judged right.
    [GeneratedRegex(@"ONNX Runtime:|A run of \d+ rows failed| 500 in ")]
    private static partial Regex FailedRun();

    // Times, ids and numbers, which differ in lines of one kind.
    [GeneratedRegex("[0-9a-f]{8,}|[0-9]+")]
    private static partial Regex Varying();
}
