namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>A pre-tokenizer that changes nothing and cuts each piece for itself.</summary>
internal abstract class CuttingPreTokenizer : PreTokenizer
{
    /// <inheritdoc/>
    public sealed override void Apply(PieceState state)
    {
        var text = state.Text.Span;
        foreach (var piece in state.Pieces.Span)
        {
            if (piece.Token >= 0)
                state.Next.Add(piece);
            else
                Cut(text[piece.Start..piece.End], piece.Start, state.Next);
        }

        state.Swap();
    }

    /// <summary>Cuts a piece.</summary>
    /// <param name="text">The piece, not empty.</param>
    /// <param name="offset">Where it begins; to be added to each position.</param>
    /// <param name="pieces">Where the pieces go; empty ones are left out.</param>
    protected abstract void Cut(ReadOnlySpan<char> text, int offset, PieceList pieces);
}
