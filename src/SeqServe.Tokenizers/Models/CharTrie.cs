using System.Runtime.CompilerServices;

namespace SeqServe.Tokenizers.Models;

/// <summary>
/// A trie over UTF-16 units whose edges lie in one hash table: built in linear time whatever the alphabet, one probe a unit. Filled by one thread, then
/// read by any number.
/// </summary>
internal sealed class CharTrie
{
    private const int Root = 0;

    private Edge[] _edges = new Edge[64];
    private int[] _values = [-1];
    private int _nodes = 1;
    private int _shift = 64 - 6;

    /// <summary>The node that every text begins at.</summary>
    public static int Start => Root;

    /// <summary>Puts a text in, or changes its value.</summary>
    /// <param name="text">The text.</param>
    /// <param name="value">Its value, not negative.</param>
    public void Add(ReadOnlySpan<char> text, int value)
    {
        var node = Root;
        foreach (var unit in text)
            node = Child(node, unit);
        _values[node] = value;
    }

    /// <summary>The node behind a unit.</summary>
    /// <returns>0 where no text goes on so.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Next(int node, char unit)
    {
        var edges = _edges;
        for (var place = Place(node, unit); ; place = (place + 1) & (edges.Length - 1))
        {
            ref var edge = ref edges[place];
            if (edge.Child == Root || (edge.Node == node && edge.Unit == unit))
                return edge.Child;
        }
    }

    /// <summary>The value of the text that ends at a node, or -1.</summary>
    public int Value(int node) => _values[node];

    /// <summary>Finds the longest text that this one begins with.</summary>
    /// <param name="text">Where to look.</param>
    /// <param name="value">Its value.</param>
    /// <returns>Its length; 0 where there is none, or only the empty one.</returns>
    public int Longest(ReadOnlySpan<char> text, out int value)
    {
        var length = 0;
        value = -1;
        var node = Root;
        for (var at = 0; at < text.Length; at++)
        {
            node = Next(node, text[at]);
            if (node == Root)
                break;
            if (_values[node] is >= 0 and var found)
                (value, length) = (found, at + 1);
        }

        return length;
    }

    private int Child(int node, char unit)
    {
        if (Next(node, unit) is not Root and var known)
            return known;
        if (_nodes * 2 > _edges.Length)
            Grow();
        if (_nodes == _values.Length)
            Array.Resize(ref _values, _nodes * 2);
        var child = _nodes++;
        _values[child] = -1;
        Insert(new Edge { Node = node, Unit = unit, Child = child });
        return child;
    }

    private void Grow()
    {
        var before = _edges;
        _edges = new Edge[before.Length * 2];
        _shift--;
        foreach (ref var edge in before.AsSpan())
        {
            if (edge.Child != Root)
                Insert(edge);
        }
    }

    private void Insert(Edge edge)
    {
        var place = Place(edge.Node, edge.Unit);
        while (_edges[place].Child != Root)
            place = (place + 1) & (_edges.Length - 1);
        _edges[place] = edge;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Place(int node, char unit) => (int)(TextHash.Spread(((ulong)(uint)node << 16) | unit) >> _shift);

    private struct Edge
    {
        public int Node;
        public int Child;
        public char Unit;
    }
}
