using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.Normalizers;

/// <summary>Several normalizers, one after the other ("Sequence").</summary>
/// <param name="normalizers">The normalizers.</param>
internal sealed class NormalizerSequence(IReadOnlyList<Normalizer> normalizers) : Normalizer
{
    private readonly Normalizer[] _normalizers = [.. normalizers];

    /// <inheritdoc/>
    public override void Apply(NormalizedText text)
    {
        foreach (var normalizer in _normalizers)
            normalizer.Apply(text);
    }
}
