namespace SeqServe.Tokenizers.Decoders;

/// <summary>Makes one token of all ("Fuse").</summary>
internal sealed class FuseDecoder : Decoder
{
    /// <inheritdoc/>
    public override bool Fuses => true;

    /// <inheritdoc/>
    public override DecoderStage Start(DecoderStage next, bool fused) => next;
}
