namespace SeqServe.Tokenizers.PostProcessors;

/// <summary>Several post-processors, one after the other ("Sequence").</summary>
/// <param name="processors">The post-processors.</param>
internal sealed class PostProcessorSequence(IReadOnlyList<PostProcessor> processors) : PostProcessor
{
    /// <inheritdoc/>
    public override List<TokenGroup> Process(List<TokenGroup> groups, bool addSpecialTokens)
    {
        foreach (var processor in processors)
            groups = processor.Process(groups, addSpecialTokens);
        return groups;
    }
}
