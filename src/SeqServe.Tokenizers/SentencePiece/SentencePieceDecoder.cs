using System.Text;
using SeqServe.Tokenizers.Decoders;
using Decoder = SeqServe.Tokenizers.Decoders.Decoder;

namespace SeqServe.Tokenizers.SentencePiece;

/// <summary>
/// The way of Marian and M2M100 from tokens to text: a SentencePiece model joins the pieces between special tokens (tokenization_marian.py,
/// convert_tokens_to_string; sentencepiece_processor.cc, Decode).
/// </summary>
internal sealed class SentencePieceDecoder : Decoder
{
    private readonly Dictionary<string, string> _texts = [];
    private readonly HashSet<string> _special;
    private readonly string _behindSpecial;
    private readonly bool _dropsFirstSpace;
    private readonly bool _dropsFirstSpaces;

    /// <summary>Makes a decoder.</summary>
    /// <param name="model">The model.</param>
    /// <param name="name">Its file's name, for messages.</param>
    /// <param name="special">The special tokens, which stay as they are.</param>
    /// <param name="behindSpecial">What is put behind a special token.</param>
    /// <exception cref="InvalidDataException">The model wants something that is not supported.</exception>
    public SentencePieceDecoder(SentencePieceModel model, string name, IEnumerable<string> special, string behindSpecial)
    {
        if (model.HasDenormalizer)
            throw new InvalidDataException($"{name} has a table for decoded texts (denormalizer_spec), which is not supported.");
        if (model.Pieces.Any(p => p.Type == SentencePieceType.Byte))
            throw new InvalidDataException($"{name} has pieces for bytes, which are not supported with a vocabulary of its own.");
        _special = [.. special];
        _behindSpecial = behindSpecial;
        _dropsFirstSpace = model.AddDummyPrefix || model.RemoveExtraWhitespaces;
        _dropsFirstSpaces = model.RemoveExtraWhitespaces;
        // What looks like a piece of text but is another kind of piece; all else is its own text.
        foreach (var piece in model.Pieces)
        {
            if (piece.Type == SentencePieceType.Control)
                _texts[piece.Text] = "";
            else if (piece.Type == SentencePieceType.Unknown)
                _texts[piece.Text] = model.UnknownSurface;
        }
    }

    /// <inheritdoc/>
    public override DecoderStage Start(DecoderStage next, bool fused) => new Stage(this, next);

    // What Python's str.strip takes: char.IsWhiteSpace and the four separators of ASCII.
    private static bool IsSpace(char unit) => char.IsWhiteSpace(unit) || unit is >= '\u001c' and <= '\u001f';

    private sealed class Stage(SentencePieceDecoder decoder, DecoderStage next) : DecoderStage
    {
        private readonly StringBuilder _waiting = new();
        private bool _hasText;
        private bool _partHasText;
        private bool _spaceIsDropped;

        public override void Push(string token)
        {
            if (decoder._special.Contains(token))
            {
                Give(token + decoder._behindSpecial);
                (_partHasText, _spaceIsDropped) = (false, false);
                return;
            }

            if (!decoder._texts.TryGetValue(token, out var text))
                text = WithoutFirstSpace(token).Replace(PieceMark, ' ');
            _partHasText |= text.Length > 0;
            Give(text);
        }

        public override void Finish() => next.Finish();

        private const char PieceMark = '\u2581';

        private string WithoutFirstSpace(string token)
        {
            if (!decoder._dropsFirstSpace || _partHasText || _spaceIsDropped || !token.StartsWith(PieceMark))
                return token;
            _spaceIsDropped = !decoder._dropsFirstSpaces;
            return token[1..];
        }

        // Spaces at both ends of the text go; so none is given before something stands behind it.
        private void Give(string text)
        {
            var end = text.Length;
            while (end > 0 && IsSpace(text[end - 1]))
                end--;
            if (end == 0)
            {
                _waiting.Append(text);
                return;
            }

            var start = 0;
            while (!_hasText && IsSpace(text[start]))
                start++;
            next.Push(_hasText ? _waiting.Append(text, 0, end).ToString() : text[start..end]);
            _hasText = true;
            _waiting.Clear().Append(text, end, text.Length - end);
        }
    }
}
