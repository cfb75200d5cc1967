using System.Text;

namespace SeqServe.Tokenizers.Decoders;

/// <summary>A decoder that looks at each token for itself.</summary>
internal abstract class TokenDecoder : Decoder
{
    /// <summary>What a token becomes.</summary>
    /// <param name="token">The token.</param>
    /// <param name="isFirst">Whether it is the first.</param>
    public abstract string Decode(string token, bool isFirst);

    /// <inheritdoc/>
    public override DecoderStage Start(DecoderStage next, bool fused) => fused ? new WholeStage(this, next) : new TokenStage(this, next);

    private sealed class TokenStage(TokenDecoder decoder, DecoderStage next) : DecoderStage
    {
        private bool _begun;

        public override void Push(string token)
        {
            var first = !_begun;
            _begun = true;
            next.Push(decoder.Decode(token, first));
        }

        public override void Finish() => next.Finish();
    }

    // Nothing is certain of a single token before its end.
    private sealed class WholeStage(TokenDecoder decoder, DecoderStage next) : DecoderStage
    {
        private readonly StringBuilder _token = new();

        public override void Push(string token) => _token.Append(token);

        public override void Finish()
        {
            next.Push(decoder.Decode(_token.ToString(), true));
            next.Finish();
        }
    }
}
