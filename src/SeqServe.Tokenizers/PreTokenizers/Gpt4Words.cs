namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>
/// GPT-4's words, which Llama 3 and Qwen 2 have too, by hand:
/// <c>(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+</c>.
/// </summary>
/// <param name="mostDigits">How many digits a piece has at most.</param>
internal sealed class Gpt4Words(int mostDigits) : CuttingPreTokenizer
{
    // Case folding makes an s of it.
    private const char LongS = '\u017F';

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

    private int Next(ReadOnlySpan<char> text, int at)
    {
        var c = text[at];
        if (c == '\'' && Contraction(text[(at + 1)..]) is > 0 and var contraction)
            return at + 1 + contraction;
        var kind = LetterKinds.Of(text, at, out var length);
        var next = at + length;
        if (kind == LetterKind.Letter)
            return Run(text, next, LetterKind.Letter, int.MaxValue);
        if (kind == LetterKind.Number)
            return Run(text, next, LetterKind.Number, mostDigits - 1);
        var nextKind = next < text.Length ? LetterKinds.Of(text, next, out length) : LetterKind.Space;
        if (nextKind == LetterKind.Letter && c is not ('\r' or '\n'))
            return Run(text, next + length, LetterKind.Letter, int.MaxValue);
        if (kind == LetterKind.Other || (c == ' ' && nextKind == LetterKind.Other))
        {
            var end = Run(text, next, LetterKind.Other, int.MaxValue);
            while (end < text.Length && text[end] is ('\r' or '\n'))
                end++;
            return end;
        }

        return Spaces(text, at);
    }

    private static int Spaces(ReadOnlySpan<char> text, int at)
    {
        var end = Run(text, at, LetterKind.Space, int.MaxValue);
        var line = text[at..end].LastIndexOfAny('\r', '\n');
        if (line >= 0)
            return at + line + 1;
        // Of several spaces before a word, the last one is the word's.
        return end < text.Length && end - at > 1 ? end - 1 : end;
    }

    private static int Run(ReadOnlySpan<char> text, int at, LetterKind kind, int most)
    {
        for (; most > 0 && at < text.Length && LetterKinds.Of(text, at, out var length) == kind; most--)
            at += length;
        return at;
    }

    private static int Contraction(ReadOnlySpan<char> rest)
    {
        if (rest.Length == 0)
            return 0;
        var first = (char)(rest[0] | 0x20);
        if (first is 's' or 't' or 'm' or 'd' || rest[0] == LongS)
            return 1;
        return rest.Length > 1 && (first, (char)(rest[1] | 0x20)) is ('r', 'e') or ('v', 'e') or ('l', 'l') ? 2 : 0;
    }
}
