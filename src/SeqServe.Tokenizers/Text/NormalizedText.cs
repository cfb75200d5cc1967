using System.Runtime.CompilerServices;
using System.Text;

namespace SeqServe.Tokenizers.Text;

/// <summary>
/// A text while it is changed, and for each of its UTF-16 units the part of the client's text it came from; both units of a surrogate pair have the same
/// part. While nothing moved, no alignment is kept: unit i came from unit i plus a shift. Not safe for concurrent use; kept and used again.
/// </summary>
internal sealed class NormalizedText
{
    // No Unicode normalization makes a text more than 18 times as long, no spelling in bytes more than 3 times.
    private const int MostGrowth = 64;
    private const int FreeGrowth = 1 << 16;

    private char[] _chars = new char[256];
    private char[] _otherChars = [];
    private TextRange[] _parts = [];
    private TextRange[] _otherParts = [];
    private int _shift;
    private int _written;
    private long _most;
    private bool _ascii;

    /// <summary>Number of units.</summary>
    public int Length { get; private set; }

    /// <summary>Where the text as it was given begins in the client's text.</summary>
    public int Origin { get; private set; }

    /// <summary>Whether each unit still stands for one unit of the client's text, one after the other.</summary>
    public bool IsIdentity { get; private set; }

    /// <summary>The text; may be written to where a character becomes another one of the same length.</summary>
    public Span<char> Span => _chars.AsSpan(0, Length);

    /// <summary>What unit 0 of an identity came from.</summary>
    public int Shift => _shift;

    /// <summary>Whether all characters are below U+0080.</summary>
    public bool IsAscii => _ascii || (_ascii = Ascii.IsValid(Span));

    /// <summary>Takes a new text.</summary>
    /// <param name="text">The text; lone surrogates become U+FFFD.</param>
    /// <param name="origin">Where it begins in the client's text.</param>
    public void Set(ReadOnlySpan<char> text, int origin)
    {
        if (_chars.Length < text.Length)
            _chars = new char[Math.Max(text.Length, _chars.Length * 2)];
        text.CopyTo(_chars);
        Length = text.Length;
        Origin = _shift = origin;
        _most = FreeGrowth + ((long)text.Length * MostGrowth);
        IsIdentity = true;
        _ascii = Ascii.IsValid(text);
        if (!_ascii)
            Surrogates.Repair(Span);
    }

    /// <summary>The part of the client's text a unit came from.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TextRange PartOf(int index) => IsIdentity ? IdentityPart(index) : _parts[index];

    /// <summary>The part of the client's text that units came from: from the first one's beginning to the last one's end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TextRange PartOf(int start, int end)
    {
        if (IsIdentity)
            return new TextRange(_shift + start, _shift + end);
        return start < end ? new TextRange(_parts[start].Start, _parts[end - 1].End) : EmptyPart(start);
    }

    /// <summary>Starts writing a new text; the old one stays readable until <see cref="Finish"/>.</summary>
    /// <param name="expected">About how many units it will have.</param>
    /// <exception cref="InvalidDataException">The text has become far longer than it was: here and wherever units are written.</exception>
    public void Begin(int expected)
    {
        _written = 0;
        Grow(expected);
    }

    /// <summary>Writes units as they are.</summary>
    public void Copy(int start, int end)
    {
        var length = end - start;
        Grow(length);
        _chars.AsSpan(start, length).CopyTo(_otherChars.AsSpan(_written));
        if (IsIdentity)
        {
            for (var i = start; i < end; i++)
                _otherParts[_written++] = IdentityPart(i);
        }
        else
        {
            _parts.AsSpan(start, length).CopyTo(_otherParts.AsSpan(_written));
            _written += length;
        }
    }

    /// <summary>Writes a unit.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(char unit, TextRange part)
    {
        if (_written == _otherChars.Length)
            Grow(1);
        _otherChars[_written] = unit;
        _otherParts[_written++] = part;
    }

    /// <summary>Writes a string all of whose characters came from the same part.</summary>
    public void Write(ReadOnlySpan<char> text, TextRange part)
    {
        foreach (var unit in text)
            Write(unit, part);
    }

    /// <summary>Writes a code point.</summary>
    public void WriteCodePoint(int codePoint, TextRange part)
    {
        if (codePoint < 0x10000)
        {
            Write((char)codePoint, part);
            return;
        }

        Write((char)(0xD7C0 + (codePoint >> 10)), part);
        Write((char)(0xDC00 + (codePoint & 0x3FF)), part);
    }

    /// <summary>Number of units written since <see cref="Begin"/>.</summary>
    public int Written => _written;

    /// <summary>Makes what was written the text.</summary>
    public void Finish()
    {
        (_chars, _otherChars) = (_otherChars, _chars);
        (_parts, _otherParts) = (_otherParts, _parts);
        Length = _written;
        IsIdentity = false;
        _ascii = false;
    }

    /// <summary>Keeps a part of the text only.</summary>
    public void Slice(int start, int end)
    {
        if (start == 0)
        {
            Length = end;
            return;
        }

        _chars.AsSpan(start, end - start).CopyTo(_chars);
        if (IsIdentity)
            _shift += start;
        else
            _parts.AsSpan(start, end - start).CopyTo(_parts);
        Length = end - start;
    }

    /// <summary>Says that the text may have lost its being ASCII by what was written to <see cref="Span"/>.</summary>
    public void Changed() => _ascii = false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private TextRange IdentityPart(int index)
    {
        var unit = _chars[index];
        var at = _shift + index;
        if (!char.IsSurrogate(unit))
            return new TextRange(at, at + 1);
        return char.IsHighSurrogate(unit) ? new TextRange(at, at + 2) : new TextRange(at - 1, at + 1);
    }

    // The reference gives an empty range back as it is, counted from the piece's beginning.
    private TextRange EmptyPart(int index)
    {
        var at = index < Length ? _parts[index].Start : Length > 0 ? _parts[Length - 1].End : Origin;
        return new TextRange(at, at);
    }

    private void Grow(int more)
    {
        var needed = _written + more;
        if (needed > _most)
            throw new InvalidDataException("The normalizer or the pre-tokenizer makes the text far longer than it was.");
        if (needed > _otherChars.Length)
            Array.Resize(ref _otherChars, (int)Math.Min(_most, Math.Max(needed, Math.Max(256, _otherChars.Length * 2L))));
        if (_otherParts.Length < _otherChars.Length)
            Array.Resize(ref _otherParts, _otherChars.Length);
    }
}
