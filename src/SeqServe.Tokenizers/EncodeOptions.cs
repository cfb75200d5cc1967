namespace SeqServe.Tokenizers;

/// <summary>How a text is encoded.</summary>
public sealed record EncodeOptions
{
    /// <summary>With special tokens, not cut.</summary>
    public static EncodeOptions Default { get; } = new();

    /// <summary>Whether the special tokens of the tokenizer's post-processor are added.</summary>
    public bool AddSpecialTokens { get; init; } = true;

    /// <summary>Most tokens of the answer, special tokens included; null: all. A limit below the number of special tokens is refused.</summary>
    public int? MaxLength { get; init; }

    /// <summary>Which text loses tokens where there are too many.</summary>
    public TruncationStrategy TruncationStrategy { get; init; }

    /// <summary>Which end of a text loses tokens.</summary>
    public TruncationSide TruncationSide { get; init; }
}
