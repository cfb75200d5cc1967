using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>Runs of word characters, and runs of what is neither word nor whitespace: <c>\w+|[^\w\s]+</c>.</summary>
internal sealed class Whitespace : CuttingPreTokenizer
{
    private const CharFlags Kinds = CharFlags.Word | CharFlags.Whitespace;

    private static readonly CharFlags[] s_ascii = [.. Enumerable.Range(0, 128).Select(c => UnicodeData.FlagsOf(c) & Kinds)];

    /// <inheritdoc/>
    protected override void Cut(ReadOnlySpan<char> text, int offset, PieceList pieces)
    {
        var start = 0;
        var before = CharFlags.Whitespace;
        for (var i = 0; i < text.Length;)
        {
            var length = 1;
            var kind = text[i] < 0x80 ? s_ascii[text[i]] : UnicodeData.FlagsOf(Surrogates.Read(text, i, out length)) & Kinds;
            if (kind != before)
            {
                if (before != CharFlags.Whitespace)
                    pieces.Add(offset + start, offset + i);
                start = i;
                before = kind;
            }

            i += length;
        }

        if (before != CharFlags.Whitespace)
            pieces.Add(offset + start, offset + text.Length);
    }
}
