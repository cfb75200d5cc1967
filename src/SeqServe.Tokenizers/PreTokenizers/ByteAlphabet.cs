using System.Text;
using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>GPT-2's alphabet: a printable character for each byte.</summary>
internal static class ByteAlphabet
{
    /// <summary>What stands for a space.</summary>
    public const char Space = '\u0120';

    private const int Characters = 324;

    private static readonly char[] s_characters = Make();
    private static readonly short[] s_bytes = Invert();

    /// <summary>The character of a byte.</summary>
    public static char CharacterOf(byte value) => s_characters[value];

    /// <summary>The byte of a character, or -1.</summary>
    public static int ByteOf(char character) => character < Characters ? s_bytes[character] : -1;

    /// <summary>Writes a text in the alphabet, in place where it is ASCII.</summary>
    public static void Apply(NormalizedText text)
    {
        var span = text.Span;
        if (text.IsAscii)
        {
            foreach (ref var c in span)
                c = s_characters[c];
            text.Changed();
            return;
        }

        text.Begin(span.Length * 2);
        Write(text, 0, span.Length);
        text.Finish();
    }

    /// <summary>Writes a part of a text in the alphabet behind what was written.</summary>
    public static void Write(NormalizedText text, int start, int end)
    {
        var span = text.Span;
        Span<byte> utf8 = stackalloc byte[4];
        for (var i = start; i < end;)
        {
            var part = text.PartOf(i);
            if (span[i] < 0x80)
            {
                text.Write(s_characters[span[i++]], part);
                continue;
            }

            var c = Surrogates.Read(span, i, out var length);
            i += length;
            foreach (var one in utf8[..new Rune(c).EncodeToUtf8(utf8)])
                text.Write(s_characters[one], part);
        }
    }

    private static char[] Make()
    {
        var characters = new char[256];
        var next = 256;
        for (var b = 0; b < 256; b++)
            characters[b] = b is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? (char)b : (char)next++;
        return characters;
    }

    private static short[] Invert()
    {
        var bytes = new short[Characters];
        Array.Fill(bytes, (short)-1);
        for (var b = 0; b < 256; b++)
            bytes[s_characters[b]] = (short)b;
        return bytes;
    }
}
