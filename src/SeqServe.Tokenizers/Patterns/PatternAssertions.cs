using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.Patterns;

/// <summary>Conditions on a place of a text.</summary>
internal static class PatternAssertions
{
    /// <summary>Whether a condition holds.</summary>
    public static bool Hold(PatternAssertion assertion, ReadOnlySpan<char> text, int at) => assertion switch
    {
        PatternAssertion.TextStart => at == 0,
        PatternAssertion.TextEnd => at == text.Length,
        PatternAssertion.TextEndOrLastLineFeed => at == text.Length || (at == text.Length - 1 && text[at] == '\n'),
        // Behind the text's last line feed there is no further line.
        PatternAssertion.LineStart => at == 0 || (text[at - 1] == '\n' && at < text.Length),
        PatternAssertion.LineEnd => at == text.Length || text[at] == '\n',
        PatternAssertion.WordBoundary => IsWordBefore(text, at) != IsWordAt(text, at),
        _ => IsWordBefore(text, at) == IsWordAt(text, at),
    };

    private static bool IsWordAt(ReadOnlySpan<char> text, int at) =>
        at < text.Length && UnicodeData.Is(Surrogates.Read(text, at, out _), CharFlags.RegexWord);

    private static bool IsWordBefore(ReadOnlySpan<char> text, int at) =>
        at > 0 && UnicodeData.Is(Surrogates.ReadBefore(text, at, out _), CharFlags.RegexWord);
}
