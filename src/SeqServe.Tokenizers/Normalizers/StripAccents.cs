using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.Unicode;

namespace SeqServe.Tokenizers.Normalizers;

/// <summary>Removes combining marks; precomposed letters stay.</summary>
internal sealed class StripAccents : Normalizer
{
    /// <inheritdoc/>
    public override void Apply(NormalizedText text)
    {
        if (!text.IsAscii)
            TextScan.Remove(text, CharFlags.CombiningMark);
    }
}
