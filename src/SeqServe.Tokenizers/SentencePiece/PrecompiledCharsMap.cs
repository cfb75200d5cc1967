using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace SeqServe.Tokenizers.SentencePiece;

/// <summary>
/// SentencePiece's compiled table of replacements: a double-array trie (darts-clone) over UTF-8 whose values are places in a block of texts that end with a
/// zero byte. Never changes, so safe for concurrent use.
/// </summary>
internal sealed class PrecompiledCharsMap
{
    private const int Units = 1 << 16;

    private readonly uint[] _trie;
    private readonly byte[] _texts;
    private readonly Dictionary<int, string> _replacements = [];
    private readonly ulong[] _begins = new ulong[Units / 64];

    private PrecompiledCharsMap(uint[] trie, byte[] texts)
    {
        (_trie, _texts) = (trie, texts);
        for (var start = 0; start < texts.Length;)
        {
            var length = LengthAt(start);
            _replacements[start] = Encoding.UTF8.GetString(texts, start, length);
            start += length + 1;
        }

        for (var unit = 1; unit < Units; unit++)
        {
            if (char.IsSurrogate((char)unit) || CanBegin((char)unit))
                _begins[unit >> 6] |= 1UL << unit;
        }
    }

    /// <summary>Reads a table.</summary>
    /// <param name="blob"><c>precompiled_charsmap</c> as it stands in the model file, or decoded from base64.</param>
    /// <exception cref="InvalidDataException">It is cut off.</exception>
    public static PrecompiledCharsMap Read(ReadOnlySpan<byte> blob)
    {
        if (blob.Length < sizeof(uint))
            throw new InvalidDataException("The precompiled character map is cut off.");
        var size = BinaryPrimitives.ReadUInt32LittleEndian(blob);
        var rest = blob[sizeof(uint)..];
        if (size > (uint)rest.Length || size % sizeof(uint) != 0 || size == 0)
            throw new InvalidDataException($"The precompiled character map tells of {size} bytes of trie, and {rest.Length} bytes follow.");
        var trie = new uint[size / sizeof(uint)];
        for (var at = 0; at < trie.Length; at++)
            trie[at] = BinaryPrimitives.ReadUInt32LittleEndian(rest[(at * sizeof(uint))..]);
        return new PrecompiledCharsMap(trie, rest[(int)size..].ToArray());
    }

    /// <summary>Whether an entry begins with this unit; false is certain, true may be wrong.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MayBegin(char unit) => (_begins[unit >> 6] & (1UL << unit)) != 0;

    /// <summary>What the longest entry becomes that a text begins with: SentencePiece's own choice.</summary>
    /// <param name="text">The text, without lone surrogates.</param>
    /// <param name="length">Length of the entry, in UTF-16 units.</param>
    /// <returns>Null where there is none.</returns>
    public string? Longest(ReadOnlySpan<char> text, out int length)
    {
        length = 0;
        var value = -1;
        var node = Child(0);
        Span<byte> bytes = stackalloc byte[4];
        for (var at = 0; at < text.Length;)
        {
            _ = Rune.DecodeFromUtf16(text[at..], out var rune, out var units);
            at += units;
            if (!TryStep(ref node, bytes[..rune.EncodeToUtf8(bytes)], out var found))
                break;
            if (found >= 0)
                (value, length) = (found, at);
        }

        return value < 0 ? null : Replacement(value);
    }

    private string? Replacement(int start) =>
        start >= _texts.Length ? "" : _replacements.TryGetValue(start, out var text) ? text : Encoding.UTF8.GetString(_texts, start, LengthAt(start));

    private int LengthAt(int start)
    {
        var length = _texts.AsSpan(start).IndexOf((byte)0);
        return length < 0 ? _texts.Length - start : length;
    }

    private bool CanBegin(char unit)
    {
        Span<byte> bytes = stackalloc byte[4];
        var node = Child(0);
        return TryStep(ref node, bytes[..new Rune(unit).EncodeToUtf8(bytes)], out _);
    }

    // Layout of a unit: darts-clone, darts.h, DoubleArrayUnit.
    private bool TryStep(ref uint node, ReadOnlySpan<byte> bytes, out int value)
    {
        value = -1;
        foreach (var label in bytes)
        {
            node ^= label;
            if (label == 0 || node >= _trie.Length || (_trie[node] & 0x8000_00FF) != label)
                return false;
            var hasLeaf = (_trie[node] & 0x100) != 0;
            node = Child(node);
            value = hasLeaf && node < _trie.Length ? (int)(_trie[node] & 0x7FFF_FFFF) : -1;
        }

        return true;
    }

    private uint Child(uint node)
    {
        var unit = _trie[node];
        return node ^ ((unit >> 10) << (int)((unit & 0x200) >> 6));
    }
}
