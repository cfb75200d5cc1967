namespace SeqServe.Core.Decoding;

/// <summary>The tokens of all beams of a search: a tree in which beams share what they have in common. One thread at a time.</summary>
internal sealed class BeamHistory
{
    /// <summary>The node of a beam without tokens.</summary>
    public const int None = -1;

    private readonly List<Node> _nodes = [];
    private int[] _context = [];

    /// <summary>Adds a token.</summary>
    /// <param name="parent">The token before it, or <see cref="None"/>.</param>
    /// <param name="token">The token.</param>
    /// <param name="row">The row, of those present at its step, whose logits it was chosen from.</param>
    /// <returns>Its node.</returns>
    public int Add(int parent, int token, int row)
    {
        _nodes.Add(new Node(parent, token, row));
        return _nodes.Count - 1;
    }

    /// <summary>A token that comes before all, and the tokens up to a node; valid until the next call.</summary>
    /// <param name="start">What comes before all.</param>
    /// <param name="node">The last token.</param>
    /// <param name="length">Number of tokens up to the node.</param>
    public ReadOnlySpan<int> Context(int start, int node, int length)
    {
        if (_context.Length <= length)
            Array.Resize(ref _context, Math.Max(length + 1, 2 * _context.Length));
        _context[0] = start;
        for (var i = length; i > 0; i--)
            (_context[i], node) = (_nodes[node].Token, _nodes[node].Parent);
        return _context.AsSpan(0, length + 1);
    }

    /// <summary>The tokens up to a node as a finished sequence.</summary>
    /// <param name="node">The last token.</param>
    /// <param name="length">Number of tokens up to the node.</param>
    /// <param name="score">What it is compared by.</param>
    /// <param name="reason">Why it ended.</param>
    public Hypothesis Hypothesis(int node, int length, double score, FinishReason reason)
    {
        var (tokens, rows) = (new int[length], new int[length]);
        for (var i = length - 1; i >= 0; i--)
            (tokens[i], rows[i], node) = (_nodes[node].Token, _nodes[node].Row, _nodes[node].Parent);
        return new Hypothesis(tokens, rows, score, reason);
    }

    private readonly record struct Node(int Parent, int Token, int Row);
}
