namespace SeqServe.Tokenizers.PostProcessors;

/// <summary>A part of what a text becomes: a special token, or all tokens of a sequence.</summary>
/// <param name="Sequence">0 for the text, 1 for the pair, -1 for a special token.</param>
/// <param name="Id">The special token's id.</param>
/// <param name="Type">The type id.</param>
internal sealed record TokenPart(int Sequence, int Id, int Type)
{
    /// <summary>How the offsets of a sequence are trimmed, in order.</summary>
    public ReadOnlyMemory<OffsetTrim> Trims { get; init; }
}

/// <summary>Takes spaces out of a sequence's offsets.</summary>
/// <param name="AddPrefixSpace">Whether a single space at the beginning was added by the tokenizer and is not in the text.</param>
/// <param name="IsFirst">Whether the sequence's first token is the first of its group.</param>
internal readonly record struct OffsetTrim(bool AddPrefixSpace, bool IsFirst);

/// <summary>What post-processors work on: a sequence with the special tokens around it.</summary>
/// <param name="Parts">Its parts in order.</param>
internal sealed record TokenGroup(IReadOnlyList<TokenPart> Parts)
{
    /// <summary>A special token alone.</summary>
    public static TokenPart Special(int id, int type) => new(-1, id, type);

    /// <summary>With another type for all.</summary>
    public TokenGroup WithType(int type) => new([.. Parts.Select(p => p with { Type = type })]);

    /// <summary>With trimmed offsets.</summary>
    public TokenGroup Trimmed(bool addPrefixSpace) =>
        new([.. Parts.Select((p, i) => p.Sequence < 0 ? p : p with { Trims = (OffsetTrim[])[.. p.Trims.Span, new OffsetTrim(addPrefixSpace, i == 0)] })]);
}
