namespace SeqServe.Core.Decoding;

/// <summary>Why an answer ended.</summary>
public enum FinishReason
{
    /// <summary>The model ended it.</summary>
    Eos,

    /// <summary>It has as many tokens as were asked for.</summary>
    Length,

    /// <summary>It came to a stop sequence.</summary>
    Stop,
}
