namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>Several pre-tokenizers, one after the other ("Sequence").</summary>
/// <param name="preTokenizers">The pre-tokenizers.</param>
internal sealed class PreTokenizerSequence(IReadOnlyList<PreTokenizer> preTokenizers) : PreTokenizer
{
    private readonly PreTokenizer[] _preTokenizers = [.. preTokenizers];

    /// <inheritdoc/>
    public override void Apply(PieceState state)
    {
        foreach (var preTokenizer in _preTokenizers)
            preTokenizer.Apply(state);
    }
}
