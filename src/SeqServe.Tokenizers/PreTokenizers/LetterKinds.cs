using System.Runtime.CompilerServices;
using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>The four kinds of character that byte-level tokenizers part.</summary>
internal enum LetterKind : byte
{
    /// <summary>Neither of the others.</summary>
    Other,

    /// <summary>\s</summary>
    Space,

    /// <summary>\p{L}</summary>
    Letter,

    /// <summary>\p{N}</summary>
    Number,
}

/// <summary>Kinds of character.</summary>
internal static class LetterKinds
{
    private static readonly LetterKind[] s_ascii = [.. Enumerable.Range(0, 128).Select(Of)];

    /// <summary>The kind of a code point.</summary>
    public static LetterKind Of(int codePoint)
    {
        if (UnicodeData.Is(codePoint, CharFlags.Whitespace))
            return LetterKind.Space;
        return UnicodeData.CategoryOf(codePoint) switch
        {
            >= UnicodeSet.Lu and <= UnicodeSet.Lo => LetterKind.Letter,
            >= UnicodeSet.Nd and <= UnicodeSet.No => LetterKind.Number,
            _ => LetterKind.Other,
        };
    }

    /// <summary>The kind of the character at a place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static LetterKind Of(ReadOnlySpan<char> text, int at, out int length)
    {
        int c = text[at];
        if (c < s_ascii.Length)
        {
            length = 1;
            return s_ascii[c];
        }

        return Of(Surrogates.Read(text, at, out length));
    }
}
