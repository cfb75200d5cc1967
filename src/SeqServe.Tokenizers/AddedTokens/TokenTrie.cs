using System.Buffers;
using SeqServe.Tokenizers.Models;

namespace SeqServe.Tokenizers.AddedTokens;

/// <summary>Finds the leftmost of several strings in a text, and of those that begin there the longest.</summary>
internal sealed class TokenTrie
{
    // With more than these, nearly each character of a text would be one that a string begins with.
    private const int MostFirsts = 5;

    private readonly CharTrie _trie = new();
    private readonly SearchValues<char> _firsts;
    private readonly ulong[]? _beginnings;
    private readonly int _shortest;

    /// <summary>Makes a trie.</summary>
    /// <param name="strings">Strings with what they stand for; of equal ones the first counts.</param>
    public TokenTrie(IEnumerable<(string Text, int Value)> strings)
    {
        var texts = new HashSet<string>();
        foreach (var (text, value) in strings)
        {
            if (text.Length > 0 && texts.Add(text))
                _trie.Add(text, value);
        }

        IsEmpty = texts.Count == 0;
        var firsts = texts.Select(t => t[0]).ToHashSet();
        _firsts = SearchValues.Create([.. firsts]);
        _shortest = IsEmpty ? 1 : Math.Min(3, texts.Min(t => t.Length));
        if (firsts.Count <= MostFirsts)
            return;
        _beginnings = new ulong[1024];
        foreach (var text in texts)
        {
            var place = Place(text, 0);
            _beginnings[place >> 6] |= 1UL << place;
        }
    }

    /// <summary>Whether there is nothing to find.</summary>
    public bool IsEmpty { get; }

    /// <summary>The next string.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="start">Where it begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="value">What it stands for.</param>
    public bool Find(ReadOnlySpan<char> text, int from, out int start, out int end, out int value)
    {
        for (start = Next(text, from); start >= 0; start = Next(text, start + 1))
        {
            var length = _trie.Longest(text[start..], out value);
            end = start + length;
            if (length > 0)
                return true;
        }

        end = value = -1;
        return false;
    }

    // The next place at which a string may begin, or -1.
    private int Next(ReadOnlySpan<char> text, int from)
    {
        if (_beginnings is null)
        {
            var next = from < text.Length ? text[from..].IndexOfAny(_firsts) : -1;
            return next < 0 ? -1 : from + next;
        }

        for (; from + _shortest <= text.Length; from++)
        {
            var place = Place(text, from);
            if ((_beginnings[place >> 6] & (1UL << place)) != 0)
                return from;
        }

        return -1;
    }

    // A number of 16 bits from as many characters as each string has, at most three.
    private int Place(ReadOnlySpan<char> text, int at)
    {
        int hash = text[at];
        if (_shortest > 1)
            hash = (hash * 37) + text[at + 1];
        if (_shortest > 2)
            hash = (hash * 37) + text[at + 2];
        return hash & 0xFFFF;
    }
}
