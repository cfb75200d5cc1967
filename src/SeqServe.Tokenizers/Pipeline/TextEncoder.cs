using SeqServe.Tokenizers.AddedTokens;
using SeqServe.Tokenizers.Models;
using SeqServe.Tokenizers.Normalizers;
using SeqServe.Tokenizers.PreTokenizers;
using SeqServe.Tokenizers.Text;

namespace SeqServe.Tokenizers.Pipeline;

/// <summary>Makes tokens of one text: finds added tokens, normalizes, cuts, asks the model. Safe for concurrent use.</summary>
/// <param name="normalizer">The normalizer, or null.</param>
/// <param name="preTokenizer">The pre-tokenizer, or null.</param>
/// <param name="model">The model.</param>
/// <param name="added">The added tokens.</param>
internal sealed class TextEncoder(Normalizer? normalizer, PreTokenizer? preTokenizer, ITokenModel model, AddedVocabulary added)
{
    /// <summary>Makes tokens of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="state">Buffers.</param>
    /// <param name="output">Where the tokens go.</param>
    /// <param name="most">Once there are more tokens than this the rest of the text may be left out.</param>
    public void Encode(ReadOnlySpan<char> text, EncodeState state, EncodedText output, int most)
    {
        if (added.Verbatim.IsEmpty)
        {
            EncodeSegment(text, 0, state, output, most);
            return;
        }

        var segments = state.Segments;
        segments.Clear();
        added.Verbatim.Cut(text, segments);
        foreach (var segment in segments.Span)
        {
            if (segment.Token >= 0)
                output.Add(new EncodedToken(segment.Token, new TextRange(segment.Start, segment.End), output.Words++, segment.Leading, segment.Trailing));
            else
                EncodeSegment(text[segment.Start..segment.End], segment.Start, state, output, most);
            if (output.Count > most)
                return;
        }
    }

    private void EncodeSegment(ReadOnlySpan<char> segment, int origin, EncodeState state, EncodedText output, int most)
    {
        var pieces = state.Pieces;
        var text = pieces.Text;
        text.Set(segment, origin);
        normalizer?.Apply(text);
        if (text.Length == 0)
            return;
        pieces.Pieces.Clear();
        pieces.Next.Clear();
        if (added.Normalized.IsEmpty)
            pieces.Pieces.Add(0, text.Length);
        else
            CutNormalized(pieces);
        preTokenizer?.Apply(pieces);
        var span = text.Span;
        var tokens = state.Tokens;
        foreach (var piece in pieces.Pieces.Span)
        {
            var word = output.Words++;
            if (piece.Token >= 0)
            {
                output.Add(new EncodedToken(piece.Token, new TextRange(piece.Start, piece.End), word, piece.Leading, piece.Trailing));
            }
            else
            {
                tokens.Clear();
                model.Tokenize(span[piece.Start..piece.End], tokens);
                output.Add(tokens.Span, text, piece.Start, word);
            }

            if (output.Count > most)
                return;
        }
    }

    private void CutNormalized(PieceState pieces)
    {
        added.Normalized.Cut(pieces.Text.Span, pieces.Next);
        foreach (var piece in pieces.Next.Span)
        {
            if (piece.Token < 0)
            {
                pieces.Pieces.Add(piece);
                continue;
            }

            var part = pieces.Text.PartOf(piece.Start, piece.End);
            pieces.Pieces.Add(piece with { Start = part.Start, End = part.End });
        }

        pieces.Next.Clear();
    }
}
