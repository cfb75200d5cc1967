using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.PreTokenizers;

/// <summary>Where <see cref="Metaspace"/> puts its character before a piece that does not begin with it.</summary>
internal enum PrependScheme
{
    /// <summary>Before each piece.</summary>
    Always,

    /// <summary>Before the piece that begins where the client's text begins.</summary>
    First,

    /// <summary>Nowhere.</summary>
    Never,
}

/// <summary>SentencePiece's words: a space becomes a visible character, at which the text is cut; each word begins with it.</summary>
/// <param name="replacement">What stands for a space; one code point.</param>
/// <param name="scheme">Where it is put before a piece.</param>
/// <param name="split">Whether the text is cut.</param>
internal sealed class Metaspace(string replacement, PrependScheme scheme, bool split) : PreTokenizer
{
    private readonly char _unit = replacement.Length == 1 ? replacement[0] : '\0';

    /// <inheritdoc/>
    public override void Apply(PieceState state)
    {
        var text = state.Text;
        if (_unit != '\0')
        {
            text.Span.Replace(' ', _unit);
            text.Changed();
        }

        if (_unit == '\0' || NeedsPrepend(state))
            Rewrite(state);
        else if (split)
            CutAll(state);
    }

    private bool NeedsPrepend(PieceState state)
    {
        foreach (var piece in state.Pieces.Span)
        {
            if (piece.Token < 0 && Prepends(state.Text, piece))
                return true;
        }

        return false;
    }

    private bool Prepends(NormalizedText text, Piece piece)
    {
        if (scheme == PrependScheme.Never || (scheme == PrependScheme.First && text.PartOf(piece.Start).Start != 0))
            return false;
        var span = text.Span[piece.Start..piece.End];
        return _unit != '\0' ? span[0] != _unit : span[0] != ' ' && !span.StartsWith(replacement, StringComparison.Ordinal);
    }

    private void Rewrite(PieceState state)
    {
        var text = state.Text;
        text.Begin(text.Length + (state.Pieces.Count * replacement.Length));
        foreach (var piece in state.Pieces.Span)
        {
            if (piece.Token >= 0)
            {
                state.Next.Add(piece);
                continue;
            }

            var start = text.Written;
            if (Prepends(text, piece))
                text.Write(replacement, text.PartOf(piece.Start));
            if (_unit != '\0')
                text.Copy(piece.Start, piece.End);
            else
                CopyReplacing(text, piece);
            state.Next.Add(start, text.Written);
        }

        text.Finish();
        state.Swap();
        if (split)
            CutAll(state);
    }

    private void CopyReplacing(NormalizedText text, Piece piece)
    {
        for (var i = piece.Start; i < piece.End; i++)
        {
            if (text.Span[i] == ' ')
                text.Write(replacement, text.PartOf(i));
            else
                text.Copy(i, i + 1);
        }
    }

    private void CutAll(PieceState state)
    {
        var text = state.Text.Span;
        foreach (var piece in state.Pieces.Span)
        {
            if (piece.Token >= 0)
            {
                state.Next.Add(piece);
                continue;
            }

            var start = piece.Start;
            for (var at = start; at < piece.End;)
            {
                // The character goes with what is behind it; of several in a row each is a piece but the last.
                var rest = text[(at + 1)..piece.End];
                var found = _unit != '\0' ? rest.IndexOf(_unit) : rest.IndexOf(replacement, StringComparison.Ordinal);
                if (found < 0)
                    break;
                at += 1 + found;
                state.Next.Add(start, at);
                start = at;
            }

            state.Next.Add(start, piece.End);
        }

        state.Swap();
    }
}
