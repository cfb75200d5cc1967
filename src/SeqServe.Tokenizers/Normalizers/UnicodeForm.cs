using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.Normalizers;

/// <summary>Unicode's normalization forms NFC, NFD, NFKC and NFKD, with the alignments that the reference's library gives.</summary>
/// <param name="compose">Whether what was decomposed is composed again.</param>
/// <param name="compatible">Whether compatible decompositions are taken too.</param>
internal sealed class UnicodeForm(bool compose, bool compatible) : Normalizer
{
    private readonly CharFlags _changes = (compose, compatible) switch
    {
        (false, false) => CharFlags.NfdChanges,
        (false, true) => CharFlags.NfkdChanges,
        (true, false) => CharFlags.NfcChanges,
        (true, true) => CharFlags.NfkcChanges,
    };

    /// <inheritdoc/>
    public override void Apply(NormalizedText text)
    {
        if (text.IsAscii || !TextScan.HasAny(text.Span, _changes))
            return;
        var output = new Transform(text);
        var pending = new MarkBuffer(compose);
        var span = text.Span;
        for (var i = 0; i < span.Length;)
        {
            var c = Surrogates.Read(span, i, out var length);
            i += length;
            if (Hangul.IsSyllable(c))
            {
                var (lead, vowel, tail) = Hangul.Decompose(c);
                pending.Add(ref output, lead, 0);
                pending.Add(ref output, vowel, 1);
                if (tail != 0)
                    pending.Add(ref output, tail, 1);
            }
            else if (UnicodeData.DecompositionOf(c, compatible) is { } parts)
            {
                for (var k = 0; k < parts.Length; k++)
                    pending.Add(ref output, parts[k], k == 0 ? 0 : 1);
            }
            else
            {
                pending.Add(ref output, c, 0);
            }
        }

        pending.Finish(ref output);
        output.Finish();
    }
}
