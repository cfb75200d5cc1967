namespace SeqServe.Tokenizers.Decoders;

/// <summary>Takes a character away from the ends of each token ("Strip").</summary>
/// <param name="content">The character; one code point.</param>
/// <param name="start">How many at most at the beginning.</param>
/// <param name="stop">How many at most at the end.</param>
internal sealed class StripDecoder(string content, int start, int stop) : TokenDecoder
{
    /// <inheritdoc/>
    public override string Decode(string token, bool isFirst)
    {
        var from = 0;
        for (var n = 0; n < start && string.CompareOrdinal(token, from, content, 0, content.Length) == 0; n++)
            from += content.Length;
        var to = token.Length;
        for (var n = 0; n < stop && to >= content.Length && string.CompareOrdinal(token, to - content.Length, content, 0, content.Length) == 0; n++)
            to -= content.Length;
        // The reference stops the process here.
        return from < to ? token[from..to] : "";
    }

    /// <inheritdoc/>
    public override DecoderStage Start(DecoderStage next, bool fused) =>
        fused && stop == 0 && content.Length == 1 ? new BeginningStage(content[0], start, next) : base.Start(next, fused);

    private sealed class BeginningStage(char content, int start, DecoderStage next) : DecoderStage
    {
        private int _left = start;

        public override void Push(string token)
        {
            var from = 0;
            while (_left > 0 && from < token.Length)
            {
                if (token[from] != content)
                {
                    _left = 0;
                    break;
                }

                from++;
                _left--;
            }

            next.Push(token[from..]);
        }

        public override void Finish() => next.Finish();
    }
}
