using System.Globalization;
using System.Text;

namespace SeqServe.LoadTest;

/// <summary>
/// Finds the end of one HTTP/1.1 answer in the bytes of a connection, and its status; bodies are counted, not kept. Used again for every answer.
/// </summary>
internal sealed class ResponseReader
{
    private const int LongestLine = 16 * 1024;

    private readonly byte[] _line = new byte[LongestLine];
    private int _lineBytes;
    private Part _part;
    private long _left;
    private bool _isChunked;

    private enum Part
    {
        StatusLine,
        Headers,
        Body,
        BodyToTheEnd,
        ChunkSize,
        Chunk,
        ChunkEnd,
        Trailers,
        Done,
    }

    /// <summary>The answer's status, once its first line is there.</summary>
    public int Status { get; private set; }

    /// <summary>Whether the connection may take another request after this answer.</summary>
    public bool KeepsOpen { get; private set; }

    /// <summary>Whether the refusal said when to come back.</summary>
    public bool HasRetryAfter { get; private set; }

    /// <summary>Whether any byte of the answer has come.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether the whole answer has come.</summary>
    public bool IsDone => _part == Part.Done;

    /// <summary>Turns to the next answer.</summary>
    public void Begin()
    {
        (_part, _lineBytes, HasBegun) = (Part.StatusLine, 0, false);
        BeginHead();
    }

    /// <summary>Takes what a read gave.</summary>
    /// <exception cref="InvalidDataException">This is no answer of HTTP/1.1, or it goes on behind its end.</exception>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        HasBegun |= bytes.Length > 0;
        while (bytes.Length > 0)
        {
            bytes = _part switch
            {
                Part.Done => throw new InvalidDataException("Bytes came that no request asked for."),
                Part.Body or Part.Chunk => Skip(bytes),
                Part.BodyToTheEnd => default,
                _ => TakeLine(bytes),
            };
        }
    }

    /// <summary>Notes that the server has closed the connection.</summary>
    /// <returns>Whether that ends the answer as it should.</returns>
    public bool End()
    {
        if (_part == Part.BodyToTheEnd)
            _part = Part.Done;
        KeepsOpen = false;
        return IsDone;
    }

    private void BeginHead() => (Status, KeepsOpen, HasRetryAfter, _left, _isChunked) = (0, true, false, -1, false);

    private ReadOnlySpan<byte> Skip(ReadOnlySpan<byte> bytes)
    {
        var taken = (int)Math.Min(_left, bytes.Length);
        _left -= taken;
        if (_left == 0)
            _part = _part == Part.Body ? Part.Done : Part.ChunkEnd;
        return bytes[taken..];
    }

    private ReadOnlySpan<byte> TakeLine(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf((byte)'\n');
        var part = end < 0 ? bytes : bytes[..end];
        if (_lineBytes + part.Length > LongestLine)
            throw new InvalidDataException($"A line of the answer is longer than {LongestLine} bytes.");
        if (end >= 0 && _lineBytes == 0)
        {
            Line(part.TrimEnd((byte)'\r'));
            return bytes[(end + 1)..];
        }

        part.CopyTo(_line.AsSpan(_lineBytes));
        _lineBytes += part.Length;
        if (end < 0)
            return default;
        var line = _line.AsSpan(0, _lineBytes).TrimEnd((byte)'\r');
        _lineBytes = 0;
        Line(line);
        return bytes[(end + 1)..];
    }

    private void Line(ReadOnlySpan<byte> line)
    {
        switch (_part)
        {
            case Part.StatusLine:
                ReadStatus(line);
                break;
            case Part.Headers when line.IsEmpty:
                EndHead();
                break;
            case Part.Headers:
                ReadHeader(line);
                break;
            case Part.ChunkSize:
                _left = Number(line.IndexOf((byte)';') is var end and >= 0 ? line[..end] : line, NumberStyles.AllowHexSpecifier);
                _part = _left > 0 ? Part.Chunk : Part.Trailers;
                break;
            case Part.ChunkEnd:
                _part = Part.ChunkSize;
                break;
            case Part.Trailers when line.IsEmpty:
                _part = Part.Done;
                break;
        }
    }

    private void ReadStatus(ReadOnlySpan<byte> line)
    {
        if (line.Length < 12 || !line.StartsWith("HTTP/1."u8))
            throw new InvalidDataException("This is no answer of HTTP/1.1.");
        Status = (int)Number(line.Slice(9, 3), NumberStyles.None);
        KeepsOpen = line[7] == '1';
        _part = Part.Headers;
    }

    private void ReadHeader(ReadOnlySpan<byte> line)
    {
        var colon = line.IndexOf((byte)':');
        if (colon < 0)
            throw new InvalidDataException("A header without a colon.");
        var name = line[..colon];
        var value = line[(colon + 1)..].Trim(" \t"u8);
        // Compared by length first: most headers are none of these.
        if (name.Length == 14 && Ascii.EqualsIgnoreCase(name, "content-length"u8))
            _left = Number(value, NumberStyles.None);
        else if (name.Length == 17 && Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8))
            _isChunked = Ascii.EqualsIgnoreCase(value, "chunked"u8);
        else if (name.Length == 10 && Ascii.EqualsIgnoreCase(name, "connection"u8))
            KeepsOpen = !Ascii.EqualsIgnoreCase(value, "close"u8);
        else if (name.Length == 11 && Ascii.EqualsIgnoreCase(name, "retry-after"u8))
            HasRetryAfter = value.Length > 0;
    }

    private void EndHead()
    {
        if (Status is >= 100 and <= 199)
        {
            BeginHead();
            _part = Part.StatusLine;
            return;
        }

        _part = Status is 204 or 304 || (!_isChunked && _left == 0) ? Part.Done
            : _isChunked ? Part.ChunkSize
            : _left > 0 ? Part.Body
            : Part.BodyToTheEnd;
    }

    private static long Number(ReadOnlySpan<byte> digits, NumberStyles style) =>
        long.TryParse(digits, style, CultureInfo.InvariantCulture, out var value) && value >= 0
            ? value
            : throw new InvalidDataException("A number of the answer's head is not a number.");
}
