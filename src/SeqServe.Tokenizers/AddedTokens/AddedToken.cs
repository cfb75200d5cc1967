namespace SeqServe.Tokenizers.AddedTokens;

/// <summary>A token that is found in the text itself, before the model sees the rest.</summary>
/// <param name="Content">Its text.</param>
public sealed record AddedToken(string Content)
{
    /// <summary>Its id; what the reference gives it, which is the model's where the model knows the text.</summary>
    public int Id { get; init; }

    /// <summary>Whether it is found only where no word character stands beside it.</summary>
    public bool SingleWord { get; init; }

    /// <summary>Whether whitespace before it belongs to it.</summary>
    public bool LeftStrip { get; init; }

    /// <summary>Whether whitespace behind it belongs to it.</summary>
    public bool RightStrip { get; init; }

    /// <summary>Whether it is looked for in the normalized text, in its normalized form.</summary>
    public bool Normalized { get; init; }

    /// <summary>Whether decoding may leave it out.</summary>
    public bool Special { get; init; }
}
