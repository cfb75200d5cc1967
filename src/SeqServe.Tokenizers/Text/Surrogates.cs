namespace SeqServe.Tokenizers.Text;

/// <summary>Code points in UTF-16.</summary>
internal static class Surrogates
{
    /// <summary>Puts U+FFFD in place of each surrogate that is not part of a pair.</summary>
    public static void Repair(Span<char> text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var next = text[i..].IndexOfAnyInRange('\uD800', '\uDFFF');
            if (next < 0)
                return;
            i += next;
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
                i++;
            else
                text[i] = '\uFFFD';
        }
    }

    /// <summary>The code point at a place of a text without lone surrogates.</summary>
    /// <param name="text">The text.</param>
    /// <param name="at">Its first unit.</param>
    /// <param name="length">Number of its units.</param>
    public static int Read(ReadOnlySpan<char> text, int at, out int length)
    {
        int unit = text[at];
        if ((unit & 0xF800) != 0xD800)
        {
            length = 1;
            return unit;
        }

        if (unit < 0xDC00 && at + 1 < text.Length && char.IsLowSurrogate(text[at + 1]))
        {
            length = 2;
            return char.ConvertToUtf32((char)unit, text[at + 1]);
        }

        length = 1;
        return 0xFFFD;
    }

    /// <summary>The code point that ends before a place.</summary>
    public static int ReadBefore(ReadOnlySpan<char> text, int end, out int length)
    {
        var at = end - 1;
        if (char.IsLowSurrogate(text[at]) && at > 0 && char.IsHighSurrogate(text[at - 1]))
            at--;
        return Read(text, at, out length);
    }

    /// <summary>Number of bytes in UTF-8.</summary>
    public static int Utf8Length(int codePoint) => codePoint switch
    {
        < 0x80 => 1,
        < 0x800 => 2,
        < 0x10000 => 3,
        _ => 4,
    };
}
