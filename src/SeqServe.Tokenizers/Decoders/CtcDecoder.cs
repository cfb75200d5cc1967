using System.Text;

namespace SeqServe.Tokenizers.Decoders;

/// <summary>Of equal tokens in a row one counts; padding goes, the word delimiter becomes a space ("CTC").</summary>
/// <param name="padToken">The padding.</param>
/// <param name="wordDelimiterToken">The word delimiter.</param>
/// <param name="cleanup">Whether the delimiter becomes a space, and spaces go that writing does not have.</param>
internal sealed class CtcDecoder(string padToken, string wordDelimiterToken, bool cleanup) : Decoder
{
    /// <inheritdoc/>
    public override DecoderStage Start(DecoderStage next, bool fused) => new Stage(this, fused, next);

    private string Decode(string token)
    {
        if (padToken.Length > 0)
            token = token.Replace(padToken, "", StringComparison.Ordinal);
        if (!cleanup)
            return token;
        token = WordPieceDecoder.Cleanup(token);
        return wordDelimiterToken.Length > 0
            ? token.Replace(wordDelimiterToken, " ", StringComparison.Ordinal)
            : " " + string.Concat(token.EnumerateRunes().Select(r => r + " "));
    }

    private sealed class Stage(CtcDecoder decoder, bool fused, DecoderStage next) : DecoderStage
    {
        private readonly StringBuilder _whole = new();
        private string? _last;

        public override void Push(string token)
        {
            if (fused)
                _whole.Append(token);
            else if (token != _last)
                Put(_last = token);
        }

        public override void Finish()
        {
            if (fused)
                Put(_whole.ToString());
            next.Finish();
        }

        private void Put(string token)
        {
            DecodedToken.CheckLength(token.Length);
            var text = decoder.Decode(token);
            if (text.Length > 0)
                next.Push(text);
        }
    }
}
