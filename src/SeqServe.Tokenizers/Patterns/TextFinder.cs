namespace SeqServe.Tokenizers.Patterns;

/// <summary>What <c>Split</c> and <c>Replace</c> look for: a string, or a regular expression. Safe for concurrent use.</summary>
internal sealed class TextFinder
{
    private readonly Pattern? _pattern;

    private TextFinder(string? literal, Pattern? pattern)
    {
        Literal = literal;
        _pattern = pattern;
    }

    /// <summary>The string; null for an expression.</summary>
    public string? Literal { get; }

    /// <summary>The expression; null for a string.</summary>
    public string? Expression => Literal is null ? _pattern!.Text : null;

    /// <summary>Looks for a string. The empty one matches everywhere, as an expression does.</summary>
    public static TextFinder ForString(string text) => text.Length == 0 ? new TextFinder(null, new Pattern("")) : new TextFinder(text, null);

    /// <summary>Looks for a regular expression.</summary>
    /// <exception cref="InvalidDataException">It is none, or not supported.</exception>
    public static TextFinder ForExpression(string text) => new(null, new Pattern(text));

    /// <summary>Starts on a text; to be disposed of.</summary>
    public TextMatches Start(ReadOnlySpan<char> text) => new(Literal, _pattern, text);
}
