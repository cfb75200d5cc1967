namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>Cuts a normalized text into pieces, each of which the model sees alone. Safe for concurrent use.</summary>
internal abstract class PreTokenizer
{
    /// <summary>Cuts the pieces further; added tokens stay.</summary>
    public abstract void Apply(PieceState state);
}
