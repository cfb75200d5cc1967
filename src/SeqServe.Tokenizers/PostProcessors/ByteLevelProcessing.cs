namespace SeqServe.Tokenizers.PostProcessors;

/// <summary>Takes spaces out of offsets ("ByteLevel").</summary>
/// <param name="trimOffsets">Whether it does.</param>
/// <param name="addPrefixSpace">Whether a first space is not in the text.</param>
internal sealed class ByteLevelProcessing(bool trimOffsets, bool addPrefixSpace) : PostProcessor
{
    /// <inheritdoc/>
    public override List<TokenGroup> Process(List<TokenGroup> groups, bool addSpecialTokens) =>
        trimOffsets ? [.. groups.Select(g => g.Trimmed(addPrefixSpace))] : groups;
}
