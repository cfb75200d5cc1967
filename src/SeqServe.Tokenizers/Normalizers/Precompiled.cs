using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.Normalizers;

/// <summary>
/// SentencePiece's character map: a double array over UTF-8 whose values are places in a string of replacements. Used as the reference uses it: a grapheme
/// cluster of fewer than six bytes is replaced whole by what its shortest known beginning becomes, other characters one by one.
/// </summary>
internal sealed class Precompiled : Normalizer
{
    private const int LongestCluster = 5;
    private const int Unknown = -2;

    private readonly uint[] _trie;
    private readonly byte[] _replacements;
    private readonly int[] _low = new int[0x800];
    private readonly SearchValues<char> _ascii;

    /// <summary>Reads a map.</summary>
    /// <param name="map">Size of the double array in bytes, the array, the replacements, each ended by a NUL.</param>
    /// <exception cref="InvalidDataException">It is cut off, or leads outside.</exception>
    public Precompiled(ReadOnlySpan<byte> map)
    {
        var size = map.Length < 4 ? -1 : BinaryPrimitives.ReadInt32LittleEndian(map);
        if (size < 4 || size > map.Length - 4)
            throw new InvalidDataException("The precompiled_charsmap of the normalizer 'Precompiled' is cut off.");
        _trie = new uint[size / 4];
        for (var i = 0; i < _trie.Length; i++)
            _trie[i] = BinaryPrimitives.ReadUInt32LittleEndian(map[(4 + (i * 4))..]);
        _replacements = map[(4 + (_trie.Length * 4))..].ToArray();
        if (!Utf8.IsValid(_replacements))
            throw new InvalidDataException("The precompiled_charsmap of the normalizer 'Precompiled' holds replacements that are no UTF-8.");
        Array.Fill(_low, Unknown);
        Span<byte> utf8 = stackalloc byte[4];
        for (var c = 0; c < _low.Length; c++)
            _low[c] = Find(utf8[..new Rune(c).EncodeToUtf8(utf8)]);
        _ascii = SearchValues.Create([.. Enumerable.Range(0, 0x80).Where(c => c == '\r' || _low[c] >= 0).Select(c => (char)c)]);
    }

    /// <inheritdoc/>
    public override void Apply(NormalizedText text)
    {
        var span = text.Span;
        if (text.IsAscii ? !span.ContainsAny(_ascii) : !Changes(span))
            return;
        var output = new MapOutput(new Transform(text));
        Span<byte> utf8 = stackalloc byte[LongestCluster + 4];
        for (var i = 0; i < span.Length;)
        {
            var end = Graphemes.Next(span, i);
            var length = Bytes(span[i..end], utf8);
            var found = length <= LongestCluster && end - i > 1 ? Find(utf8[..length]) : -1;
            if (found >= 0)
            {
                Replace(ref output, CountCodePoints(span[i..end]), found);
                i = end;
                continue;
            }

            while (i < end)
            {
                var c = Surrogates.Read(span, i, out var units);
                i += units;
                if (FindOne(c) is >= 0 and var one)
                    Replace(ref output, 1, one);
                else
                    output.Add(c, 0);
            }
        }

        output.Finish();
    }

    // A character with a replacement changes something; a cluster is replaced only where a character at its beginning is, or two together.
    private bool Changes(ReadOnlySpan<char> span)
    {
        for (var i = 0; i < span.Length; i++)
        {
            var c = Surrogates.Read(span, i, out var length);
            if (c < 0x80 ? _low[c] >= 0 : FindOne(c) >= 0 || UnicodeData.Is(c, CharFlags.GraphemeJoin))
                return true;
            i += length - 1;
        }

        return span.Contains('\r');
    }

    private void Replace(ref MapOutput output, int old, int value)
    {
        var to = _replacements.AsSpan(value);
        if (to.IndexOf((byte)0) is >= 0 and var end)
            to = to[..end];
        var count = 0;
        for (var rest = to; rest.Length > 0; count++)
            rest = rest[Decode(rest, out _)..];
        for (var k = 0; to.Length > 0; k++)
        {
            to = to[Decode(to, out var rune)..];
            output.Add(rune.Value, k >= old ? 1 : 0);
        }

        if (count < old)
            output.Remove(old - count);
    }

    // A value may lead into the middle of a character.
    private static int Decode(ReadOnlySpan<byte> utf8, out Rune rune)
    {
        Rune.DecodeFromUtf8(utf8, out rune, out var length);
        return length;
    }

    private static int Bytes(ReadOnlySpan<char> cluster, Span<byte> utf8)
    {
        if (cluster.Length > LongestCluster)
            return LongestCluster + 1;
        var length = 0;
        foreach (var rune in cluster.EnumerateRunes())
        {
            if (length + rune.Utf8SequenceLength > LongestCluster)
                return LongestCluster + 1;
            length += rune.EncodeToUtf8(utf8[length..]);
        }

        return length;
    }

    private static int CountCodePoints(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var unit in text)
            count += char.IsLowSurrogate(unit) ? 0 : 1;
        return count;
    }

    private int FindOne(int c)
    {
        if (c < _low.Length)
            return _low[c];
        Span<byte> utf8 = stackalloc byte[4];
        return Find(utf8[..new Rune(c).EncodeToUtf8(utf8)]);
    }

    // The value of the shortest beginning that has one; -1 where none has.
    private int Find(ReadOnlySpan<byte> key)
    {
        var at = Offset(_trie[0]);
        foreach (var one in key)
        {
            if (one == 0)
                break;
            at ^= one;
            if (at >= (uint)_trie.Length)
                return -1;
            var unit = _trie[at];
            if ((unit & 0x800000FF) != one)
                return -1;
            at ^= Offset(unit);
            if ((unit & 0x100) != 0)
            {
                var value = at < (uint)_trie.Length ? (int)(_trie[at] & 0x7FFFFFFF) : -1;
                return value < _replacements.Length ? value : -1;
            }
        }

        return -1;
    }

    private static uint Offset(uint unit) => (unit >> 10) << (int)((unit & 0x200) >> 6);
}
