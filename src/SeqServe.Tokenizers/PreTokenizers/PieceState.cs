using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>What pre-tokenizers work on: a text and the pieces it is cut into so far. Not safe for concurrent use.</summary>
internal sealed class PieceState
{
    /// <summary>The text.</summary>
    public NormalizedText Text { get; } = new();

    /// <summary>The pieces so far.</summary>
    public PieceList Pieces { get; private set; } = new();

    /// <summary>Where the next pre-tokenizer puts its pieces.</summary>
    public PieceList Next { get; private set; } = new();

    /// <summary>Makes <see cref="Next"/> the pieces.</summary>
    public void Swap()
    {
        (Pieces, Next) = (Next, Pieces);
        Next.Clear();
    }
}
