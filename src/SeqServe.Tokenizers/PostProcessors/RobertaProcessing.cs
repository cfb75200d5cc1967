namespace SeqServe.Tokenizers.PostProcessors;

/// <summary>&lt;s&gt; text &lt;/s&gt;, or &lt;s&gt; text &lt;/s&gt; &lt;/s&gt; pair &lt;/s&gt;, all of type 0.</summary>
/// <param name="cls">Id of the first token.</param>
/// <param name="sep">Id of the token around sequences.</param>
/// <param name="trimOffsets">Whether spaces are taken out of offsets.</param>
/// <param name="addPrefixSpace">Whether a first space is not in the text.</param>
internal sealed class RobertaProcessing(int cls, int sep, bool trimOffsets, bool addPrefixSpace) : PostProcessor
{
    /// <inheritdoc/>
    public override List<TokenGroup> Process(List<TokenGroup> groups, bool addSpecialTokens)
    {
        List<TokenGroup> trimmed = [.. groups.Select(g => (trimOffsets ? g.Trimmed(addPrefixSpace) : g).WithType(0))];
        return addSpecialTokens
            ? [.. trimmed.Select((g, i) => new TokenGroup([TokenGroup.Special(i == 0 ? cls : sep, 0), .. g.Parts, TokenGroup.Special(sep, 0)]))]
            : trimmed;
    }
}
