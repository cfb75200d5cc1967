using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.Text;

/// <summary>
/// Extended grapheme clusters (Unicode annex 29) as far as they decide how a character map is applied: clusters of Hangul letters and of flags are not
/// joined here, since none is shorter than six bytes.
/// </summary>
internal static class Graphemes
{
    /// <summary>Where the cluster ends that begins at a place.</summary>
    public static int Next(ReadOnlySpan<char> text, int start)
    {
        var before = Surrogates.Read(text, start, out var length);
        var at = start + length;
        if (before == '\r' && at < text.Length && text[at] == '\n')
            return at + 1;
        if (IsControl(before))
            return at;
        var pictograph = UnicodeData.Is(before, CharFlags.Pictographic);
        while (at < text.Length)
        {
            var c = Surrogates.Read(text, at, out length);
            if (!UnicodeData.Is(c, CharFlags.GraphemeJoin))
            {
                var joined = (IsPrepend(before) && !IsControl(c)) || (pictograph && before == 0x200D && UnicodeData.Is(c, CharFlags.Pictographic));
                if (!joined)
                    return at;
                pictograph = UnicodeData.Is(c, CharFlags.Pictographic);
            }

            before = c;
            at += length;
        }

        return at;
    }

    private static bool IsControl(int c)
    {
        if (c < 0x7F)
            return c < 0x20;
        return UnicodeData.CategoryOf(c) is UnicodeSet.Cc or UnicodeSet.Zl or UnicodeSet.Zp
            || (UnicodeData.CategoryOf(c) == UnicodeSet.Cf && c is not (0x200C or 0x200D) && !IsPrepend(c) && !UnicodeData.Is(c, CharFlags.GraphemeJoin));
    }

    private static bool IsPrepend(int c) => c >= 0x600 && c is (<= 0x605) or 0x6DD or 0x70F or 0x890 or 0x891 or 0x8E2 or 0xD4E or 0x110BD or 0x110CD or 0x111C2
        or 0x111C3 or 0x1193F or 0x11941 or 0x11A3A or (>= 0x11A84 and <= 0x11A89) or 0x11D46 or 0x11F02;
}
