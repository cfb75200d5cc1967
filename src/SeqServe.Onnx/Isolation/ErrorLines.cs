using System.Text;

namespace SeqServe.Onnx.Isolation;

/// <summary>
/// Lines of a process's standard error for the log, bounded in length and number, whatever the process writes. Control characters stay; the log escapes them.
/// </summary>
/// <param name="log">Receives a line.</param>
/// <param name="time">The clock of the bound.</param>
internal sealed class ErrorLines(Action<string> log, TimeProvider time)
{
    /// <summary>Bytes of a line beyond which it is cut.</summary>
    public const int MaxLength = 1000;

    /// <summary>Lines a minute beyond which they are dropped.</summary>
    public const int MaxPerMinute = 60;

    private readonly byte[] _line = new byte[MaxLength];
    private int _length;
    private bool _isCut;
    private int _inMinute;
    private int _dropped;
    private long _minute = time.GetTimestamp();

    /// <summary>The last line that was not empty, for the question what a process died of.</summary>
    public string Last { get; private set; } = "";

    /// <summary>Takes what was read.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (bytes.IndexOf((byte)'\n') is >= 0 and var end)
        {
            Append(bytes[..end]);
            EndLine();
            bytes = bytes[(end + 1)..];
        }

        Append(bytes);
    }

    /// <summary>Ends a line without an end, and says how many were dropped.</summary>
    public void End()
    {
        EndLine();
        ReportDropped();
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        var taken = Math.Min(bytes.Length, MaxLength - _length);
        bytes[..taken].CopyTo(_line.AsSpan(_length));
        _length += taken;
        _isCut |= taken < bytes.Length;
    }

    private void EndLine()
    {
        var line = Encoding.UTF8.GetString(_line, 0, _length).TrimEnd();
        (_length, var isCut, _isCut) = (0, _isCut, false);
        if (line.Length == 0)
            return;
        Last = line;
        if (time.GetElapsedTime(_minute) >= TimeSpan.FromMinutes(1))
        {
            ReportDropped();
            (_minute, _inMinute) = (time.GetTimestamp(), 0);
        }

        if (_inMinute++ < MaxPerMinute)
            log(isCut ? $"{line}…" : line);
        else
            _dropped++;
    }

    private void ReportDropped()
    {
        if (_dropped > 0)
            log($"… and {_dropped} lines more");
        _dropped = 0;
    }
}
