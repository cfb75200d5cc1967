using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.Normalizers;

/// <summary>SentencePiece's cleaning: control characters go, kinds of space become a space.</summary>
internal sealed class Nmt : Normalizer
{
    /// <inheritdoc/>
    public override void Apply(NormalizedText text)
    {
        var span = text.Span;
        var kept = 0;
        var removed = false;
        for (var i = 0; i < span.Length; i++)
        {
            if (IsSpace(span[i]))
            {
                span[i] = ' ';
            }
            else if (IsRemoved(span[i]))
            {
                if (!removed)
                    text.Begin(span.Length);
                removed = true;
                text.Copy(kept, i);
                kept = i + 1;
            }
        }

        text.Changed();
        if (!removed)
            return;
        text.Copy(kept, span.Length);
        text.Finish();
    }

    private static bool IsRemoved(char c) =>
        c is (>= '\u0001' and <= '\u0008') or '\u000B' or (>= '\u000E' and <= '\u001F') or '\u007F' or '\u008F' or '\u009F';

    private static bool IsSpace(char c) => c is '\t' or '\n' or '\f' or '\r' or '\u1680' or (>= '\u200B' and <= '\u200F') or '\u2028' or '\u2029' or '\u2581'
        or '\uFEFF' or '\uFFFD';
}
