namespace SeqServe.Tokenizers.Patterns;

/// <summary>The matches in a text, in order.</summary>
internal ref struct TextMatches
{
    [ThreadStatic]
    private static PatternScratch? s_scratch;

    private readonly string? _literal;
    private readonly ReadOnlySpan<char> _text;
    private readonly PatternScratch? _scratch;
    private PatternMatcher _matcher;
    private int _next;

    /// <summary>Starts on a text.</summary>
    /// <param name="literal">The string to find, or null.</param>
    /// <param name="pattern">The expression, where there is no string.</param>
    /// <param name="text">The text.</param>
    public TextMatches(string? literal, Pattern? pattern, ReadOnlySpan<char> text)
    {
        _literal = literal;
        _text = text;
        if (pattern is null)
            return;
        _scratch = s_scratch ?? new PatternScratch();
        s_scratch = null;
        _scratch.Count = 0;
        _matcher = new PatternMatcher(pattern, text, _scratch);
    }

    /// <summary>The next match.</summary>
    /// <exception cref="InvalidDataException">The expression takes too long on this text.</exception>
    public bool Next(out int start, out int end)
    {
        if (_literal is null)
            return _matcher.Next(out start, out end);
        start = end = 0;
        if (_next > _text.Length)
            return false;
        var found = _text[_next..].IndexOf(_literal, StringComparison.Ordinal);
        if (found < 0)
        {
            _next = _text.Length + 1;
            return false;
        }

        start = _next + found;
        _next = end = start + _literal.Length;
        return true;
    }

    /// <summary>Gives the room back.</summary>
    public readonly void Dispose()
    {
        if (_scratch is { IsLarge: false })
            s_scratch = _scratch;
    }
}
