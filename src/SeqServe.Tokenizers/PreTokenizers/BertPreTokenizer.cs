using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>BERT's words: whitespace parts them, and each punctuation character is one.</summary>
internal sealed class BertPreTokenizer : CuttingPreTokenizer
{
    private const byte Whitespace = 1;
    private const byte Punctuation = 2;

    private static readonly byte[] s_ascii = [.. Enumerable.Range(0, 128).Select(c =>
        UnicodeData.Is(c, CharFlags.Whitespace) ? Whitespace : UnicodeData.Is(c, CharFlags.Punctuation) ? Punctuation : (byte)0)];

    /// <inheritdoc/>
    protected override void Cut(ReadOnlySpan<char> text, int offset, PieceList pieces)
    {
        var ascii = s_ascii;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            int c = text[i];
            var length = 1;
            byte kind;
            if (c < ascii.Length)
            {
                kind = ascii[c];
            }
            else
            {
                var flags = UnicodeData.FlagsOf(Surrogates.Read(text, i, out length));
                kind = (flags & CharFlags.Whitespace) != 0 ? Whitespace : (flags & CharFlags.Punctuation) != 0 ? Punctuation : (byte)0;
            }

            if (kind == 0)
            {
                i += length - 1;
                continue;
            }

            pieces.Add(offset + start, offset + i);
            start = i + length;
            if (kind == Punctuation)
                pieces.Add(offset + i, offset + start);
            i = start - 1;
        }

        pieces.Add(offset + start, offset + text.Length);
    }
}
