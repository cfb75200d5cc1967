namespace SeqServe.Tokenizers.Decoders;

/// <summary>A space for the suffix of a word's last token, but none at the end ("BPEDecoder").</summary>
/// <param name="suffix">The suffix.</param>
internal sealed class BpeDecoder(string suffix) : Decoder
{
    /// <inheritdoc/>
    public override DecoderStage Start(DecoderStage next, bool fused) => new Stage(suffix, fused, next);

    private sealed class Stage(string suffix, bool fused, DecoderStage next) : DecoderStage
    {
        private string? _last;

        public override void Push(string token)
        {
            if (fused)
            {
                _last += token;
                return;
            }

            if (_last is not null)
                next.Push(Replace(_last, " "));
            _last = token;
        }

        public override void Finish()
        {
            if (_last is not null)
                next.Push(Replace(_last, ""));
            next.Finish();
        }

        // The empty suffix is before, between and behind all characters.
        private string Replace(string token, string by)
        {
            DecodedToken.CheckLength(token.Length);
            return suffix.Length > 0
                ? token.Replace(suffix, by, StringComparison.Ordinal)
                : by + string.Concat(token.EnumerateRunes().Select(r => r + by));
        }
    }
}
