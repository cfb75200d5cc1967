namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>
/// GPT-2's words, by hand: <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c>.
/// </summary>
internal sealed class Gpt2Words : CuttingPreTokenizer
{
    /// <inheritdoc/>
    protected override void Cut(ReadOnlySpan<char> text, int offset, PieceList pieces)
    {
        for (var at = 0; at < text.Length;)
        {
            var end = Next(text, at);
            pieces.Add(offset + at, offset + end);
            at = end;
        }
    }

    private static int Next(ReadOnlySpan<char> text, int at)
    {
        var c = text[at];
        if (c == '\'')
        {
            var contraction = Contraction(text[(at + 1)..]);
            if (contraction > 0)
                return at + 1 + contraction;
        }

        var first = at;
        var kind = LetterKinds.Of(text, at, out var length);
        if (c == ' ' && at + 1 < text.Length)
        {
            var next = LetterKinds.Of(text, at + 1, out var nextLength);
            if (next != LetterKind.Space)
                (first, kind, length) = (at + 1, next, nextLength);
        }

        var end = first + length;
        while (end < text.Length && LetterKinds.Of(text, end, out length) == kind)
            end += length;
        // Of several spaces before a word, the last one is the word's.
        if (kind == LetterKind.Space && end < text.Length && end - at > 1)
            end--;
        return end;
    }

    private static int Contraction(ReadOnlySpan<char> rest)
    {
        if (rest.Length == 0)
            return 0;
        if (rest[0] is 's' or 't' or 'm' or 'd')
            return 1;
        return rest.Length > 1 && (rest[0], rest[1]) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 2 : 0;
    }
}
