namespace SeqServe.Tokenizers.Decoders;

/// <summary>Several decoders, one after the other ("Sequence").</summary>
/// <param name="decoders">The decoders.</param>
internal sealed class DecoderSequence(IReadOnlyList<Decoder> decoders) : Decoder
{
    /// <inheritdoc/>
    public override bool Fuses => decoders.Any(d => d.Fuses);

    /// <inheritdoc/>
    public override DecoderStage Start(DecoderStage next, bool fused)
    {
        for (var i = decoders.Count - 1; i >= 0; i--)
            next = decoders[i].Start(next, fused || decoders.Take(i).Any(d => d.Fuses));
        return next;
    }
}
