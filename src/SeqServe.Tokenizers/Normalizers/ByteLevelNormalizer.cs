using SeqServe.Tokenizers.PreTokenizers;
using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.Normalizers;

/// <summary>Each byte of the text in UTF-8 becomes the character that stands for it ("ByteLevel").</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    /// <inheritdoc/>
    public override void Apply(NormalizedText text)
    {
        if (text.Length > 0)
            ByteAlphabet.Apply(text);
    }
}
