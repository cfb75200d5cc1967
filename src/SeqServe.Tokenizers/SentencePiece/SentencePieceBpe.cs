using System.Buffers;
using SeqServe.Tokenizers.Models;

namespace SeqServe.Tokenizers.SentencePiece;

/// <summary>
/// Byte pair encoding as the C++ library does it (bpe_model.cc): the pair that makes the piece of the highest score first, the leftmost of equals.
/// </summary>
internal sealed class SentencePieceBpe : SentencePieceEncoder
{
    // What longer texts need is given back.
    private const int LongestKept = 1 << 12;

    [ThreadStatic]
    private static PriorityQueue<Pair, (float Score, int Left)>? s_queue;

    private readonly SpanTable _ids;
    private readonly float[] _scores;
    private readonly CharTrie? _kept;

    /// <summary>Makes an encoder.</summary>
    /// <exception cref="InvalidDataException">The model lacks an unknown piece, or has some that are not used.</exception>
    public SentencePieceBpe(SentencePieceModel model, string name)
        : base(model, name)
    {
        _ids = new SpanTable(model.Pieces.Count);
        _scores = [.. model.Pieces.Select(p => p.Score)];
        foreach (var (id, piece) in model.Pieces.Index())
        {
            if (piece.Type == SentencePieceType.Unused)
                throw new InvalidDataException($"{name} has pieces that are marked as unused, which is not supported.");
            if (piece.Type is not (SentencePieceType.Normal or SentencePieceType.UserDefined))
                continue;
            _ids.Set(piece.Text, id);
            if (piece.Type == SentencePieceType.UserDefined)
                (_kept ??= new CharTrie()).Add(piece.Text, id);
        }
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> text, TokenList pieces)
    {
        var symbols = ArrayPool<Symbol>.Shared.Rent(text.Length);
        var count = Split(text, symbols);
        Merge(text, symbols.AsSpan(0, count));
        for (var at = count > 0 ? 0 : -1; at >= 0; at = symbols[at].Next)
        {
            var (start, length) = (symbols[at].Start, symbols[at].Length);
            if (_ids.Find(text.Slice(start, length)) is >= 0 and var id)
                pieces.Add(id, start, start + length);
            else
                AddUnknown(pieces, text, start, start + length);
        }

        ArrayPool<Symbol>.Shared.Return(symbols);
    }

    private int Split(ReadOnlySpan<char> text, Symbol[] symbols)
    {
        var count = 0;
        for (var at = 0; at < text.Length;)
        {
            var kept = _kept?.Longest(text[at..], out _) ?? 0;
            var length = kept > 0 ? kept : char.IsHighSurrogate(text[at]) && at + 1 < text.Length ? 2 : 1;
            symbols[count] = new Symbol { Start = at, Length = length, Previous = count - 1, Next = count + 1, IsKept = kept > 0 };
            count++;
            at += length;
        }

        if (count > 0)
            symbols[count - 1].Next = -1;
        return count;
    }

    private void Merge(ReadOnlySpan<char> text, Span<Symbol> symbols)
    {
        // Kept per thread, so that a word costs no garbage.
        var queue = s_queue ??= new PriorityQueue<Pair, (float Score, int Left)>(PairOrder.Instance);
        queue.Clear();
        for (var right = 1; right < symbols.Length; right++)
            Enqueue(queue, text, symbols, right - 1, right);
        while (queue.TryDequeue(out var pair, out _))
        {
            ref var left = ref symbols[pair.Left];
            ref var right = ref symbols[pair.Right];
            // Either side has become part of something else since the pair was queued.
            if (left.Length == 0 || right.Length == 0 || left.Length + right.Length != pair.Length)
                continue;
            left.Length += right.Length;
            right.Length = 0;
            left.Next = right.Next;
            if (right.Next >= 0)
                symbols[right.Next].Previous = pair.Left;
            Enqueue(queue, text, symbols, left.Previous, pair.Left);
            Enqueue(queue, text, symbols, pair.Left, left.Next);
        }

        if (symbols.Length > LongestKept)
            s_queue = null;
    }

    private void Enqueue(PriorityQueue<Pair, (float Score, int Left)> queue, ReadOnlySpan<char> text, ReadOnlySpan<Symbol> symbols, int left, int right)
    {
        if (left < 0 || right < 0 || symbols[left].IsKept || symbols[right].IsKept)
            return;
        var length = symbols[left].Length + symbols[right].Length;
        if (_ids.Find(text.Slice(symbols[left].Start, length)) is >= 0 and var id)
            queue.Enqueue(new Pair(left, right, length), (_scores[id], left));
    }

    private struct Symbol
    {
        public int Start;
        public int Length;
        public int Previous;
        public int Next;
        public bool IsKept;
    }

    private readonly record struct Pair(int Left, int Right, int Length);

    private sealed class PairOrder : IComparer<(float Score, int Left)>
    {
        public static readonly PairOrder Instance = new();

        public int Compare((float Score, int Left) x, (float Score, int Left) y)
        {
            var byScore = y.Score.CompareTo(x.Score);
            return byScore != 0 ? byScore : x.Left.CompareTo(y.Left);
        }
    }
}
