namespace SeqServe.Tokenizers.Decoders;

/// <summary>Makes text of tokens, one token after the other, so that a text can be given out while it grows. Safe for concurrent use.</summary>
internal abstract class Decoder
{
    /// <summary>Whether all tokens become one.</summary>
    public virtual bool Fuses => false;

    /// <summary>Starts on a text.</summary>
    /// <param name="next">Where the tokens go.</param>
    /// <param name="fused">Whether what comes in are parts of one single token.</param>
    public abstract DecoderStage Start(DecoderStage next, bool fused);
}
