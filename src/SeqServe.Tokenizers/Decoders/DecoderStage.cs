namespace SeqServe.Tokenizers.Decoders;

/// <summary>A decoder at work on one text. Not safe for concurrent use.</summary>
internal abstract class DecoderStage
{
    /// <summary>Takes the next token, or the next part of the only one.</summary>
    public abstract void Push(string token);

    /// <summary>Says that there are no more; called once.</summary>
    public abstract void Finish();
}
