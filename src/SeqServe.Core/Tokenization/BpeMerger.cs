using System.Buffers;
using System.Text;

namespace SeqServe.Core.Tokenization;

/// <summary>
/// The merge loop of byte-pair encoding (Sennrich et al. 2016) in SentencePiece's order: the best-scored pair first, the leftmost of equals.
/// </summary>
internal sealed class BpeMerger
{
    [ThreadStatic]
    private static PriorityQueue<Pair, (float Score, int Left)>? s_agenda;

    private readonly Dictionary<string, (int Id, float Score)> _pieces = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (int Id, float Score)>.AlternateLookup<ReadOnlySpan<char>> _lookup;
    private readonly int[] _byteIds = new int[256];

    public BpeMerger(IReadOnlyList<SentencePieceModel.Piece> pieces)
    {
        for (var id = 0; id < pieces.Count; id++)
        {
            var piece = pieces[id];
            if (piece.Kind == SentencePieceModel.PieceKind.Normal)
                _pieces[piece.Text] = (id, piece.Score);
            else if (piece.Kind == SentencePieceModel.PieceKind.Byte)
                _byteIds[TokenBytes.ByteOf(piece)] = id;
        }

        _lookup = _pieces.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    /// <summary>Encodes one word; returns how many ids were written, at most the space in <paramref name="ids"/>.</summary>
    public int Encode(ReadOnlySpan<char> word, Span<int> ids)
    {
        var symbols = ArrayPool<Symbol>.Shared.Rent(word.Length);
        try
        {
            var count = Split(word, symbols);
            Merge(word, symbols.AsSpan(0, count));
            return Write(word, symbols.AsSpan(0, count), ids);
        }
        finally
        {
            ArrayPool<Symbol>.Shared.Return(symbols);
        }
    }

    private static int Split(ReadOnlySpan<char> word, Symbol[] symbols)
    {
        var count = 0;
        for (var i = 0; i < word.Length;)
        {
            var length = char.IsHighSurrogate(word[i]) && i + 1 < word.Length ? 2 : 1;
            symbols[count] = new Symbol { Start = i, Length = length, Previous = count - 1, Next = count + 1 };
            count++;
            i += length;
        }

        symbols[count - 1].Next = -1;
        return count;
    }

    private void Merge(ReadOnlySpan<char> word, Span<Symbol> symbols)
    {
        // Kept per thread, so that a word costs no garbage; the tokenizer bounds the length of a word.
        var agenda = s_agenda ??= new PriorityQueue<Pair, (float Score, int Left)>(PairOrder.Instance);
        agenda.Clear();
        for (var right = 1; right < symbols.Length; right++)
            Consider(word, symbols, agenda, right - 1, right);

        while (agenda.TryDequeue(out var pair, out _))
        {
            ref var left = ref symbols[pair.Left];
            ref var right = ref symbols[pair.Right];
            // Either side was merged into something else since the pair was noted.
            if (left.Length == 0 || right.Length == 0 || left.Length + right.Length != pair.Length)
                continue;
            left.Length += right.Length;
            right.Length = 0;
            left.Next = right.Next;
            if (right.Next >= 0)
                symbols[right.Next].Previous = pair.Left;
            Consider(word, symbols, agenda, left.Previous, pair.Left);
            Consider(word, symbols, agenda, pair.Left, left.Next);
        }
    }

    private void Consider(ReadOnlySpan<char> word, ReadOnlySpan<Symbol> symbols, PriorityQueue<Pair, (float Score, int Left)> agenda, int left, int right)
    {
        if (left < 0 || right < 0)
            return;
        var length = symbols[left].Length + symbols[right].Length;
        if (_lookup.TryGetValue(word.Slice(symbols[left].Start, length), out var piece))
            agenda.Enqueue(new Pair(left, right, length), (piece.Score, left));
    }

    private int Write(ReadOnlySpan<char> word, ReadOnlySpan<Symbol> symbols, Span<int> ids)
    {
        var written = 0;
        for (var i = 0; i >= 0 && written < ids.Length; i = symbols[i].Next)
        {
            var text = word.Slice(symbols[i].Start, symbols[i].Length);
            if (_lookup.TryGetValue(text, out var piece))
                ids[written++] = piece.Id;
            else
                written += WriteBytes(text, ids[written..]);
        }

        return written;
    }

    private int WriteBytes(ReadOnlySpan<char> character, Span<int> ids)
    {
        Span<byte> bytes = stackalloc byte[4];
        var count = Math.Min(Encoding.UTF8.GetBytes(character, bytes), ids.Length);
        for (var i = 0; i < count; i++)
            ids[i] = _byteIds[bytes[i]];
        return count;
    }

    private struct Symbol
    {
        public int Start;
        public int Length;
        public int Previous;
        public int Next;
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
