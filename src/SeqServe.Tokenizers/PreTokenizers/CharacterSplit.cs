using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>Splits at each character of a class: <c>Punctuation</c>, <c>Digits</c> and <c>WhitespaceSplit</c>.</summary>
/// <param name="delimiters">The class.</param>
/// <param name="behavior">What becomes of the characters.</param>
internal sealed class CharacterSplit(CharFlags delimiters, DelimiterBehavior behavior) : CuttingPreTokenizer
{
    /// <inheritdoc/>
    protected override void Cut(ReadOnlySpan<char> text, int offset, PieceList pieces)
    {
        var cutter = new DelimiterCutter(behavior, offset, pieces);
        var at = 0;
        for (var i = 0; i < text.Length;)
        {
            var c = Surrogates.Read(text, i, out var length);
            if (UnicodeData.Is(c, delimiters))
            {
                if (at != i)
                    cutter.Add(at, i, false);
                at = i + length;
                cutter.Add(i, at, true);
            }

            i += length;
        }

        if (at != text.Length)
            cutter.Add(at, text.Length, false);
        cutter.Finish();
    }
}
