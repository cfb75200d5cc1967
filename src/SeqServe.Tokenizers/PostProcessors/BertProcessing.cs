namespace SeqServe.Tokenizers.PostProcessors;

/// <summary>[CLS] text [SEP], or [CLS] text [SEP] pair [SEP].</summary>
/// <param name="cls">Id of the first token.</param>
/// <param name="sep">Id of the token behind a sequence.</param>
internal sealed class BertProcessing(int cls, int sep) : PostProcessor
{
    /// <inheritdoc/>
    public override List<TokenGroup> Process(List<TokenGroup> groups, bool addSpecialTokens) => !addSpecialTokens
        ? groups
        : [.. groups.Select((g, i) => i == 0
            ? new TokenGroup([TokenGroup.Special(cls, 0), .. g.Parts, TokenGroup.Special(sep, 0)])
            : new TokenGroup([.. g.Parts, TokenGroup.Special(sep, 1)]))];
}
