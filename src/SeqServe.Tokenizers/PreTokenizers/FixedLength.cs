namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>Pieces of so many code points; the last may be shorter.</summary>
/// <param name="length">How many.</param>
internal sealed class FixedLength(int length) : CuttingPreTokenizer
{
    /// <inheritdoc/>
    protected override void Cut(ReadOnlySpan<char> text, int offset, PieceList pieces)
    {
        var start = 0;
        var count = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsLowSurrogate(text[i]))
                continue;
            if (count++ == length)
            {
                pieces.Add(offset + start, offset + i);
                (start, count) = (i, 1);
            }
        }

        pieces.Add(offset + start, offset + text.Length);
    }
}
