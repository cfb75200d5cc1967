using SeqServe.Tokenizers.SentencePiece;

namespace SeqServe.Tokenizers.Files;

/// <summary>
/// The merges that a SentencePiece BPE model does not list: each way to cut a piece in two pieces (convert_slow_tokenizer.py, generate_merges).
/// </summary>
internal static class PieceMerges
{
    /// <summary>The merges, the first to be made first.</summary>
    /// <param name="model">The model file's content, whose pieces are what a piece may be cut into.</param>
    /// <param name="pieces">The tokenizer's pieces with their scores.</param>
    public static IEnumerable<(string Left, string Right)> Of(SentencePieceModel model, List<(string Text, double Score)> pieces)
    {
        var ids = new Dictionary<string, int>();
        foreach (var (id, piece) in model.Pieces.Index())
            ids[piece.Text] = id;
        // Python's dictionary: the place of the first, the score of the last.
        var scores = new Dictionary<string, double>();
        foreach (var (text, score) in pieces)
            scores[text] = score;
        var known = ids.GetAlternateLookup<ReadOnlySpan<char>>();
        var merges = new List<Merge>();
        foreach (var (text, score) in scores)
        {
            var first = merges.Count;
            for (var cut = 1; cut < text.Length; cut++)
            {
                if (!char.IsLowSurrogate(text[cut]) && known.TryGetValue(text.AsSpan(0, cut), out var left)
                    && known.TryGetValue(text.AsSpan(cut), out var right))
                    merges.Add(new Merge(text, cut, left, right, score));
            }

            merges.Sort(first, merges.Count - first, Comparer<Merge>.Create((a, b) => (a.Left, a.Right).CompareTo((b.Left, b.Right))));
        }

        // OrderBy is stable, as Python's sort is.
        return merges
            .OrderByDescending(m => m.Score)
            .ThenByDescending(m => CodePoints(m.Text.AsSpan(0, m.Cut)))
            .ThenByDescending(m => CodePoints(m.Text.AsSpan(m.Cut)))
            .Select(m => (m.Text[..m.Cut], m.Text[m.Cut..]));
    }

    private static int CodePoints(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var unit in text)
            count += char.IsLowSurrogate(unit) ? 0 : 1;
        return count;
    }

    private readonly record struct Merge(string Text, int Cut, int Left, int Right, double Score);
}
