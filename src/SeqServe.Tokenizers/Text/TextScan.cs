using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.Text;

/// <summary>Looks through a text for classes of characters.</summary>
internal static class TextScan
{
    /// <summary>Whether any character is of one of the classes.</summary>
    public static bool HasAny(ReadOnlySpan<char> text, CharFlags flags)
    {
        for (var i = 0; i < text.Length; i++)
        {
            int c = text[i];
            if (c < 0x80 ? UnicodeData.Is(c, flags) : UnicodeData.Is(Surrogates.Read(text, i, out _), flags))
                return true;
        }

        return false;
    }

    /// <summary>Removes the characters of some classes; the others keep their alignments.</summary>
    public static void Remove(NormalizedText text, CharFlags flags, bool alsoReplacementCharacter = false)
    {
        var span = text.Span;
        var kept = 0;
        var found = false;
        for (var i = 0; i < span.Length;)
        {
            var c = Surrogates.Read(span, i, out var length);
            if (UnicodeData.Is(c, flags) || (alsoReplacementCharacter && c == 0xFFFD))
            {
                if (!found)
                    text.Begin(span.Length);
                found = true;
                text.Copy(kept, i);
                kept = i + length;
            }

            i += length;
        }

        if (!found)
            return;
        text.Copy(kept, span.Length);
        text.Finish();
    }
}
