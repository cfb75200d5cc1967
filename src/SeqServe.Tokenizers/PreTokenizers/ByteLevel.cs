namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>GPT-2's words, in the alphabet of <see cref="ByteAlphabet"/>.</summary>
/// <param name="addPrefixSpace">Whether a piece that does not begin with a space gets one.</param>
/// <param name="useRegex">Whether pieces are cut by GPT-2's expression.</param>
internal sealed class ByteLevel(bool addPrefixSpace, bool useRegex) : PreTokenizer
{
    private static readonly Gpt2Words s_words = new();

    /// <inheritdoc/>
    public override void Apply(PieceState state)
    {
        if (addPrefixSpace)
            AddSpaces(state);
        if (useRegex)
            s_words.Apply(state);
        var text = state.Text;
        if (text.IsAscii)
        {
            ByteAlphabet.Apply(text);
            return;
        }

        text.Begin(text.Length * 2);
        foreach (var piece in state.Pieces.Span)
        {
            if (piece.Token >= 0)
            {
                state.Next.Add(piece);
                continue;
            }

            var start = text.Written;
            ByteAlphabet.Write(text, piece.Start, piece.End);
            state.Next.Add(start, text.Written);
        }

        text.Finish();
        state.Swap();
    }

    private static void AddSpaces(PieceState state)
    {
        var text = state.Text;
        var needed = false;
        foreach (var piece in state.Pieces.Span)
            needed |= piece.Token < 0 && text.Span[piece.Start] != ' ';
        if (!needed)
            return;
        text.Begin(text.Length + state.Pieces.Count);
        foreach (var piece in state.Pieces.Span)
        {
            if (piece.Token >= 0)
            {
                state.Next.Add(piece);
                continue;
            }

            var start = text.Written;
            if (text.Span[piece.Start] != ' ')
                text.Write(' ', text.PartOf(piece.Start));
            text.Copy(piece.Start, piece.End);
            state.Next.Add(start, text.Written);
        }

        text.Finish();
        state.Swap();
    }
}
