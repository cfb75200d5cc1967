namespace SeqServe.Tokenizers.Decoders;

/// <summary>Spaces for the visible character, but not in the first token where one is put before each text ("Metaspace").</summary>
/// <param name="replacement">What stands for a space.</param>
/// <param name="prepends">Whether one is put before a text.</param>
internal sealed class MetaspaceDecoder(string replacement, bool prepends) : TokenDecoder
{
    /// <inheritdoc/>
    public override string Decode(string token, bool isFirst) => token.Replace(replacement, isFirst && prepends ? "" : " ", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override DecoderStage Start(DecoderStage next, bool fused) =>
        fused && replacement.Length == 1 ? new PartStage(this, next) : base.Start(next, fused);

    private sealed class PartStage(MetaspaceDecoder decoder, DecoderStage next) : DecoderStage
    {
        public override void Push(string token) => next.Push(decoder.Decode(token, true));

        public override void Finish() => next.Finish();
    }
}
