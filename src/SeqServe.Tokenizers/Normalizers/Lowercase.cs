using System.Text;
using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.Normalizers;

/// <summary>Lower case, each code point for itself.</summary>
internal sealed class Lowercase : Normalizer
{
    /// <inheritdoc/>
    public override void Apply(NormalizedText text)
    {
        var span = text.Span;
        if (text.IsAscii)
        {
            Ascii.ToLowerInPlace(span, out _);
            return;
        }

        for (var i = 0; i < span.Length; i++)
        {
            var c = Surrogates.Read(span, i, out var length);
            if (UnicodeData.Is(c, CharFlags.HasLower))
            {
                var lower = UnicodeData.LowerOf(c)!;
                if (lower.Length != 1 || (lower[0] > 0xFFFF) != (length == 2))
                {
                    Rewrite(text);
                    return;
                }

                if (length == 1)
                    span[i] = (char)lower[0];
                else
                    new Rune(lower[0]).EncodeToUtf16(span[i..]);
            }

            i += length - 1;
        }

        text.Changed();
    }

    // What was lowered in place before stays as it is: no lower case has a lower case.
    private static void Rewrite(NormalizedText text)
    {
        var output = new Transform(text);
        var span = text.Span;
        for (var i = 0; i < span.Length;)
        {
            var c = Surrogates.Read(span, i, out var length);
            i += length;
            var lower = UnicodeData.LowerOf(c);
            output.Add(lower is null ? c : lower[0], 0);
            for (var k = 1; k < lower?.Length; k++)
                output.Add(lower[k], 1);
        }

        output.Finish();
    }
}
