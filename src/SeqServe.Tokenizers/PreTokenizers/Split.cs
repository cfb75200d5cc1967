using SeqServe.Tokenizers.Patterns;

namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>Splits at a string or a regular expression.</summary>
/// <param name="find">What to split at.</param>
/// <param name="behavior">What becomes of it.</param>
/// <param name="invert">Whether what does not match is the delimiter.</param>
internal sealed class Split(TextFinder find, DelimiterBehavior behavior, bool invert) : CuttingPreTokenizer
{
    /// <inheritdoc/>
    protected override void Cut(ReadOnlySpan<char> text, int offset, PieceList pieces)
    {
        var cutter = new DelimiterCutter(behavior, offset, pieces);
        var matches = find.Start(text);
        var at = 0;
        while (matches.Next(out var start, out var end))
        {
            if (at != start)
                cutter.Add(at, start, invert);
            cutter.Add(start, end, !invert);
            at = end;
        }

        matches.Dispose();
        if (at != text.Length)
            cutter.Add(at, text.Length, invert);
        cutter.Finish();
    }
}
