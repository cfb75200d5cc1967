using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.Normalizers;

/// <summary>Takes whitespace away from the ends.</summary>
/// <param name="left">At the beginning.</param>
/// <param name="right">At the end.</param>
internal sealed class Strip(bool left, bool right) : Normalizer
{
    /// <inheritdoc/>
    public override void Apply(NormalizedText text)
    {
        var span = text.Span;
        int start = 0, end = span.Length;
        while (left && start < end && UnicodeData.Is(span[start], CharFlags.Whitespace))
            start++;
        while (right && end > start && UnicodeData.Is(span[end - 1], CharFlags.Whitespace))
            end--;
        text.Slice(start, end);
    }
}
