using SeqServe.Tokenizers.PreTokenizers;

namespace SeqServe.Tokenizers.SentencePiece;

/// <summary>Cuts a language code such as <c>&gt;&gt;fra&lt;&lt;</c> from the text behind it.</summary>
internal sealed class LanguageCodeSplit : PreTokenizer
{
    /// <inheritdoc/>
    public override void Apply(PieceState state)
    {
        foreach (var piece in state.Pieces.Span)
        {
            var code = piece.Token >= 0 ? 0 : SentencePieceNormalizer.LengthOfLanguageCode(state.Text.Span[piece.Start..piece.End]);
            if (code == 0)
            {
                state.Next.Add(piece);
                continue;
            }

            state.Next.Add(piece.Start, piece.Start + code);
            if (piece.Start + code < piece.End)
                state.Next.Add(piece.Start + code, piece.End);
        }

        state.Swap();
    }
}
