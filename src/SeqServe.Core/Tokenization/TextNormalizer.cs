using System.Buffers;
using System.Globalization;
using System.Text;

namespace SeqServe.Core.Tokenization;

/// <summary>
/// Applies a <see cref="TextNormalization"/>. The order of steps is a contract with the training recipes (models/training):
/// lone surrogates and U+FFFE → U+FFFD, long runs of combining marks cut, NFKC, simple lower case, control and space characters → space, runs of spaces → one,
/// trim.
/// </summary>
public static class TextNormalizer
{
    /// <summary>Normalizes a text. Any string is valid input.</summary>
    public static string Normalize(string text, TextNormalization rule)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Ascii.IsValid(text))
            return rule == TextNormalization.None ? text : CollapseSpaces(text, rule == TextNormalization.NfkcCasefold);

        text = ReplaceUnusable(text);
        if (rule == TextNormalization.None)
            return text;
        text = CombiningMarks.Cap(text).Normalize(NormalizationForm.FormKC);
        return CollapseSpaces(text, rule == TextNormalization.NfkcCasefold);
    }

    private static string CollapseSpaces(string text, bool lowerCase)
    {
        var buffer = ArrayPool<char>.Shared.Rent(text.Length);
        try
        {
            var written = 0;
            var pendingSpace = false;
            foreach (var c in text)
            {
                if (IsSpace(c))
                {
                    pendingSpace = written > 0;
                    continue;
                }

                if (pendingSpace)
                    buffer[written++] = ' ';
                pendingSpace = false;
                buffer[written++] = c;
            }

            if (lowerCase)
                ToLower(buffer.AsSpan(0, written));
            var collapsed = buffer.AsSpan(0, written);
            return collapsed.SequenceEqual(text) ? text : new string(collapsed);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(buffer);
        }
    }

    // The simple, one-to-one mapping: U+0130 stays as it is, as in the recipes.
    private static void ToLower(Span<char> text)
    {
        if (Ascii.IsValid(text))
        {
            Ascii.ToLowerInPlace(text, out _);
            return;
        }

        var copy = ArrayPool<char>.Shared.Rent(text.Length);
        text.CopyTo(copy);
        copy.AsSpan(0, text.Length).ToLowerInvariant(text);
        ArrayPool<char>.Shared.Return(copy);
    }

    // No character of these categories lies outside of the basic plane, so checking UTF-16 units is exact.
    private static bool IsSpace(char c) =>
        c < 0x80
            ? c is <= ' ' or '\x7F'
            : char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.SpaceSeparator
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // string.Normalize refuses lone surrogates and U+FFFE.
    private static string ReplaceUnusable(string text)
    {
        var at = NextUnusable(text, 0);
        if (at < 0)
            return text;
        var chars = text.ToCharArray();
        for (; at >= 0; at = NextUnusable(chars, at + 1))
            chars[at] = '\uFFFD';
        return new string(chars);
    }

    private static int NextUnusable(ReadOnlySpan<char> text, int from)
    {
        for (var i = from; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else if (char.IsSurrogate(text[i]) || text[i] == '\uFFFE')
                return i;
        }

        return -1;
    }
}
