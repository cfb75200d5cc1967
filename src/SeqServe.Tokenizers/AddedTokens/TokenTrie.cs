using System.Buffers;

namespace SeqServe.Tokenizers.AddedTokens;

/// <summary>Finds the leftmost of several strings in a text, and of those that begin there the longest.</summary>
internal sealed class TokenTrie
{
    private readonly Dictionary<(int Node, char Unit), int> _edges = [];
    private readonly List<int> _values = [-1];
    private readonly SearchValues<string> _strings;

    /// <summary>Makes a trie.</summary>
    /// <param name="strings">Strings with what they stand for; of equal ones the first counts.</param>
    public TokenTrie(IEnumerable<(string Text, int Value)> strings)
    {
        var found = new HashSet<string>();
        foreach (var (text, value) in strings)
        {
            if (text.Length == 0)
                continue;
            found.Add(text);
            var node = 0;
            foreach (var unit in text)
            {
                if (!_edges.TryGetValue((node, unit), out var next))
                {
                    next = _values.Count;
                    _edges[(node, unit)] = next;
                    _values.Add(-1);
                }

                node = next;
            }

            if (_values[node] < 0)
                _values[node] = value;
        }

        IsEmpty = found.Count == 0;
        _strings = SearchValues.Create([.. found], StringComparison.Ordinal);
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
        var next = from < text.Length ? text[from..].IndexOfAny(_strings) : -1;
        if (next >= 0)
        {
            start = from + next;
            (value, end) = (-1, 0);
            var node = 0;
            for (var i = start; i < text.Length && _edges.TryGetValue((node, text[i]), out node); i++)
            {
                if (_values[node] >= 0)
                    (value, end) = (_values[node], i + 1);
            }

            return true;
        }

        start = end = value = -1;
        return false;
    }
}
