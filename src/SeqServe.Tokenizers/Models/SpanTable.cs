using System.Numerics;
using System.Runtime.InteropServices;

namespace SeqServe.Tokenizers.Models;

/// <summary>
/// A hash table from texts to numbers that is asked by span; the texts lie one behind the other. Filled by one thread, then read by any number.
/// </summary>
internal sealed class SpanTable
{
    private readonly Entry[] _entries;
    private readonly int _mask;
    private char[] _texts;
    private int _used;

    /// <summary>Makes a table.</summary>
    /// <param name="capacity">How many texts it will hold at most.</param>
    public SpanTable(int capacity)
    {
        var places = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(4, capacity) * 2);
        _entries = new Entry[places];
        _mask = places - 1;
        _texts = new char[Math.Max(16, capacity * 4)];
    }

    /// <summary>Number of texts.</summary>
    public int Count { get; private set; }

    /// <summary>Puts a text in, or changes its number.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">Its number, not negative.</param>
    public void Set(ReadOnlySpan<char> text, int value)
    {
        ref var entry = ref Place(text, out var hash);
        if (entry.Used)
        {
            entry.Value = value;
            return;
        }

        if (_texts.Length - _used < text.Length)
            Array.Resize(ref _texts, Math.Max(_texts.Length * 2, _used + text.Length));
        text.CopyTo(_texts.AsSpan(_used));
        entry = new Entry { Hash = hash, Start = _used, Length = text.Length, Value = value, Used = true };
        _used += text.Length;
        Count++;
    }

    /// <summary>The number of a text, or -1.</summary>
    public int Find(ReadOnlySpan<char> text)
    {
        ref var entry = ref Place(text, out _);
        return entry.Used ? entry.Value : -1;
    }

    /// <summary>All texts with their numbers, in no particular order.</summary>
    public IEnumerable<KeyValuePair<string, int>> All() =>
        from entry in _entries
        where entry.Used
        select KeyValuePair.Create(new string(_texts, entry.Start, entry.Length), entry.Value);

    private ref Entry Place(ReadOnlySpan<char> text, out uint hash)
    {
        hash = TextHash.Of(text);
        for (var place = (int)hash & _mask; ; place = (place + 1) & _mask)
        {
            ref var entry = ref _entries[place];
            if (!entry.Used || (entry.Hash == hash && entry.Length == text.Length && text.SequenceEqual(_texts.AsSpan(entry.Start, entry.Length))))
                return ref entry;
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Entry
    {
        public uint Hash;
        public int Start;
        public int Length;
        public int Value;
        public bool Used;
    }
}
