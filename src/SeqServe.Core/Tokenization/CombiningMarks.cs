using System.Globalization;
using System.Text;

namespace SeqServe.Core.Tokenization;

/// <summary>
/// Cuts runs of combining marks. Normalization sorts the marks of a run in quadratic time: a text of one letter and 80,000 accents kept a core busy for
/// 38 s. Unicode's stream-safe format (UAX #15) allows 30; no writing system needs more.
/// </summary>
internal static class CombiningMarks
{
    internal const int MaxConsecutive = 30;

    /// <summary>The text without the marks beyond the thirtieth of a run; the same object when there are none.</summary>
    public static string Cap(string text)
    {
        StringBuilder? kept = null;
        var run = 0;
        var position = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            run = IsMark(rune) ? run + 1 : 0;
            if (run > MaxConsecutive)
                kept ??= new StringBuilder(text, 0, position, text.Length);
            else
                kept?.Append(rune.ToString());
            position += rune.Utf16SequenceLength;
        }

        return kept?.ToString() ?? text;
    }

    private static bool IsMark(Rune rune) => !rune.IsAscii && Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
}
