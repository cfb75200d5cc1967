using System.Globalization;
using System.Text;

namespace SeqServe.Attack.Sending;

/// <summary>Cuts what a server sends over a connection of HTTP/1.1 into answers, and keeps their bodies up to a limit.</summary>
/// <param name="isHead">Whether the answers have no bodies.</param>
internal sealed class AnswerReader(bool isHead)
{
    private const int LongestText = 4000;

    private readonly List<Answer> _answers = [];
    private byte[] _bytes = new byte[1 << 14];
    private int _count;
    private int _at;

    /// <summary>The whole answers so far, without the interim ones (1xx).</summary>
    public IReadOnlyList<Answer> Answers => _answers;

    /// <summary>Takes what a read gave.</summary>
    /// <exception cref="InvalidDataException">This is no HTTP/1.1.</exception>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        if (_count + bytes.Length > _bytes.Length)
            Array.Resize(ref _bytes, Math.Max(2 * _bytes.Length, _count + bytes.Length));
        bytes.CopyTo(_bytes.AsSpan(_count));
        _count += bytes.Length;
        while (TryTake(isEnded: false))
        {
        }
    }

    /// <summary>Notes that the server has closed the connection, which ends an answer without a length.</summary>
    public void End() => TryTake(isEnded: true);

    private ReadOnlySpan<byte> Left => _bytes.AsSpan(_at, _count - _at);

    private bool TryTake(bool isEnded)
    {
        var end = Left.IndexOf("\r\n\r\n"u8);
        if (end < 0)
            return false;
        var lines = Encoding.Latin1.GetString(Left[..end]).Split("\r\n");
        if (!lines[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || lines[0].Length < 12)
            throw new InvalidDataException($"\"{lines[0]}\" begins no answer of HTTP/1.1.");
        var status = int.Parse(lines[0].AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture);
        var body = end + 4;
        if (status < 200)
        {
            _at += body;
            return true;
        }

        var length = BodyLength(lines, status, Left[body..], isEnded, out var text);
        if (length < 0)
            return false;
        _answers.Add(new Answer(status, text, Header(lines, "Retry-After") is not null));
        _at += body + length;
        return Left.Length > 0;
    }

    // The bytes of a body on the wire, or -1 while they are not all there.
    private int BodyLength(string[] head, int status, ReadOnlySpan<byte> rest, bool isEnded, out string text)
    {
        text = "";
        if (isHead || status is 204 or 304)
            return 0;
        if (Header(head, "Transfer-Encoding") is not null)
            return ChunkedLength(rest, out text);
        if (Header(head, "Content-Length") is not { } length)
        {
            text = Text(rest);
            return isEnded ? rest.Length : -1;
        }

        var size = int.Parse(length, NumberStyles.None, CultureInfo.InvariantCulture);
        if (rest.Length < size)
            return -1;
        text = Text(rest[..size]);
        return size;
    }

    private static int ChunkedLength(ReadOnlySpan<byte> rest, out string text)
    {
        var all = new StringBuilder();
        text = "";
        for (var at = 0; ;)
        {
            var line = rest[at..].IndexOf("\r\n"u8);
            if (line < 0)
                return -1;
            var size = int.Parse(Encoding.Latin1.GetString(rest.Slice(at, line)), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            at += line + 2;
            if (rest.Length < at + size + 2)
                return -1;
            if (all.Length < LongestText)
                all.Append(Text(rest.Slice(at, size)));
            at += size + 2;
            if (size > 0)
                continue;
            text = all.ToString();
            return at;
        }
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes[..Math.Min(bytes.Length, LongestText)]);

    private static string? Header(string[] head, string name) => head.Skip(1)
        .Where(line => line.Length > name.Length && line[name.Length] == ':' && line.StartsWith(name, StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();
}
