using System.Buffers;
using System.Text;
using SeqServe.Tokenizers.Models;

namespace SeqServe.Tokenizers.SentencePiece;

/// <summary>
/// The unigram model as the C++ library cuts texts with it, which differs from <see cref="Unigram"/> where two ways are equally good: sums are kept in single
/// precision, and a candidate is compared before it is rounded (unigram_model.cc, EncodeOptimized). Safe for concurrent use.
/// </summary>
internal sealed class SentencePieceUnigram : SentencePieceEncoder
{
    private const float UnknownPenalty = 10;
    private const int OnStack = 64;

    private readonly CharTrie _trie = new();
    private readonly double[] _scores;
    private readonly float _unknownScore;

    /// <summary>Makes a model.</summary>
    /// <param name="model">What its file says.</param>
    /// <param name="name">The file's name, for messages.</param>
    /// <exception cref="InvalidDataException">It lacks an unknown piece.</exception>
    public SentencePieceUnigram(SentencePieceModel model, string name)
        : base(model, name)
    {
        var normal = model.Pieces.Where(p => p.Type == SentencePieceType.Normal).Select(p => p.Score).DefaultIfEmpty(0).ToArray();
        // FLT_MIN, the smallest positive number, is where the library starts to look for the highest score.
        var (lowest, highest) = (normal.Min(), Math.Max(normal.Max(), 1.17549435e-38f));
        _unknownScore = lowest - UnknownPenalty;
        _scores = new double[model.Pieces.Count];
        for (var id = 0; id < _scores.Length; id++)
        {
            var piece = model.Pieces[id];
            if (piece.Type is not (SentencePieceType.Normal or SentencePieceType.UserDefined))
                continue;
            _scores[id] = piece.Type == SentencePieceType.UserDefined ? (Encoding.UTF8.GetByteCount(piece.Text) * highest) - 0.1 : piece.Score;
            _trie.Add(piece.Text, id);
        }
    }

    /// <inheritdoc/>
    public override void Encode(ReadOnlySpan<char> text, TokenList pieces)
    {
        if (text.Length < OnStack)
        {
            Encode(text, stackalloc Step[OnStack], pieces);
            return;
        }

        var steps = ArrayPool<Step>.Shared.Rent(text.Length + 1);
        Encode(text, steps, pieces);
        ArrayPool<Step>.Shared.Return(steps);
    }

    private void Encode(ReadOnlySpan<char> text, Span<Step> steps, TokenList pieces)
    {
        steps = steps[..(text.Length + 1)];
        steps.Fill(new Step { Start = -1 });
        for (var start = 0; start < text.Length;)
        {
            var length = char.IsHighSurrogate(text[start]) && start + 1 < text.Length ? 2 : 1;
            Reach(text, start, length, steps);
            start += length;
        }

        // Backwards, each step is linked to the one before; turned round, to the one behind it.
        var next = -1;
        for (var end = text.Length; end >= 0;)
        {
            var start = steps[end].Start;
            steps[end].Start = next;
            next = end;
            end = start;
        }

        for (var start = 0; start < text.Length; start = steps[start].Start)
        {
            var end = steps[start].Start;
            if (steps[end].Id == Unknown)
                AddUnknown(pieces, text, start, end);
            else
                pieces.Add(steps[end].Id, start, end);
        }
    }

    private void Reach(ReadOnlySpan<char> text, int start, int length, Span<Step> steps)
    {
        var here = steps[start].Score;
        var isSingle = false;
        var node = CharTrie.Start;
        for (var at = start; at < text.Length; at++)
        {
            node = _trie.Next(node, text[at]);
            if (node == CharTrie.Start)
                break;
            var id = _trie.Value(node);
            if (id < 0)
                continue;
            steps[at + 1].Offer(_scores[id] + here, start, id);
            isSingle |= at + 1 - start == length;
        }

        if (!isSingle)
            steps[start + length].Offer(_unknownScore + here, start, Unknown);
    }

    /// <summary>The best way to a place in the text.</summary>
    private struct Step
    {
        public float Score;
        public int Start;
        public int Id;

        public void Offer(double score, int start, int id)
        {
            if (Start < 0 || score > Score)
                (Score, Start, Id) = ((float)score, start, id);
        }
    }
}
