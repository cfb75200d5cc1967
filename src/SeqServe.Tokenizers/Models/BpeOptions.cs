namespace SeqServe.Tokenizers.Models;

/// <summary>How a <see cref="Bpe"/> treats what its merges say nothing about, under the reference's names.</summary>
internal sealed record BpeOptions
{
    /// <summary>What stands for a character that is not in the vocabulary; null leaves such characters out.</summary>
    public string? UnknownToken { get; init; }

    /// <summary>What tokens begin with that are not at a piece's start.</summary>
    public string ContinuingSubwordPrefix { get; init; } = "";

    /// <summary>What a token at a piece's end ends with.</summary>
    public string EndOfWordSuffix { get; init; } = "";

    /// <summary>Whether unknown characters in a row become one token.</summary>
    public bool FuseUnknown { get; init; }

    /// <summary>Whether an unknown character becomes the tokens of its bytes, where the vocabulary has them all.</summary>
    public bool ByteFallback { get; init; }

    /// <summary>Whether a piece that is in the vocabulary is one token, whatever the merges make of it.</summary>
    public bool IgnoreMerges { get; init; }
}
