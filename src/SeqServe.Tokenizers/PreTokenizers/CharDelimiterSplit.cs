namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>Splits at one character, which is removed.</summary>
/// <param name="delimiter">The character; one code point.</param>
internal sealed class CharDelimiterSplit(string delimiter) : CuttingPreTokenizer
{
    /// <inheritdoc/>
    protected override void Cut(ReadOnlySpan<char> text, int offset, PieceList pieces)
    {
        var at = 0;
        while (text[at..].IndexOf(delimiter, StringComparison.Ordinal) is >= 0 and var found)
        {
            pieces.Add(offset + at, offset + at + found);
            at += found + delimiter.Length;
        }

        pieces.Add(offset + at, offset + text.Length);
    }
}
