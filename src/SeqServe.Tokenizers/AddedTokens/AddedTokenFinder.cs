using SeqServe.Tokenizers.PreTokenizers;
using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.AddedTokens;

/// <summary>Finds added tokens in a text, with the whitespace that belongs to them.</summary>
internal sealed class AddedTokenFinder
{
    private readonly AddedToken[] _tokens;
    private readonly TokenTrie _trie;

    /// <summary>Makes a finder.</summary>
    /// <param name="tokens">What to look for, and the token it is.</param>
    public AddedTokenFinder(IEnumerable<(string Text, AddedToken Token)> tokens)
    {
        var all = tokens.ToList();
        _tokens = [.. all.Select(t => t.Token)];
        _trie = new TokenTrie(all.Select((t, i) => (t.Text, i)));
    }

    /// <summary>Whether there is nothing to find.</summary>
    public bool IsEmpty => _trie.IsEmpty;

    /// <summary>Cuts a text into added tokens and what is between them.</summary>
    /// <param name="text">The text.</param>
    /// <param name="parts">Where the parts go: for all of them, positions in this text.</param>
    public void Cut(ReadOnlySpan<char> text, PieceList parts)
    {
        var done = 0;
        for (var from = 0; _trie.Find(text, from, out var start, out var end, out var value); from = end)
        {
            var token = _tokens[value];
            if (token.SingleWord && (IsWordBefore(text, start) || IsWordAt(text, end)))
                continue;
            var stop = end;
            if (token.LeftStrip)
            {
                while (start > 0 && UnicodeData.Is(text[start - 1], CharFlags.Whitespace))
                    start--;
                // Whitespace may be the token's before it.
                start = Math.Max(start, done);
            }

            while (token.RightStrip && stop < text.Length && UnicodeData.Is(text[stop], CharFlags.Whitespace))
                stop++;
            parts.Add(done, start);
            if (start < stop)
                parts.Add(new Piece(start, stop, token.Id, CountSpaces(text[start..stop]), CountSpacesAtEnd(text[start..stop])));
            done = stop;
        }

        parts.Add(done, text.Length);
    }

    /// <summary>Number of characters at the beginning that count as spaces when offsets are trimmed.</summary>
    public static int CountSpaces(ReadOnlySpan<char> text)
    {
        var count = 0;
        while (count < text.Length && IsSpace(text[count]))
            count++;
        return count;
    }

    /// <summary>Number of characters at the end that count as spaces when offsets are trimmed.</summary>
    public static int CountSpacesAtEnd(ReadOnlySpan<char> text)
    {
        var count = 0;
        while (count < text.Length && IsSpace(text[^(count + 1)]))
            count++;
        return count;
    }

    private static bool IsSpace(char c) => c == ByteAlphabet.Space || UnicodeData.Is(c, CharFlags.Whitespace);

    private static bool IsWordBefore(ReadOnlySpan<char> text, int at) => at > 0 && UnicodeData.Is(Surrogates.ReadBefore(text, at, out _), CharFlags.Word);

    private static bool IsWordAt(ReadOnlySpan<char> text, int at) => at < text.Length && UnicodeData.Is(Surrogates.Read(text, at, out _), CharFlags.Word);
}
