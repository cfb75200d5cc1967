namespace SeqServe.Tokenizers.PostProcessors;

/// <summary>A piece of a template.</summary>
/// <param name="Sequence">0 for the text, 1 for the pair, -1 for special tokens.</param>
/// <param name="Ids">The special tokens' ids.</param>
/// <param name="Type">The type id of all its tokens.</param>
internal sealed record TemplatePiece(int Sequence, IReadOnlyList<int> Ids, int Type);

/// <summary>Special tokens and sequences in the order of a template.</summary>
/// <param name="single">For a text alone.</param>
/// <param name="pair">For a text and its pair.</param>
internal sealed class TemplateProcessing(IReadOnlyList<TemplatePiece> single, IReadOnlyList<TemplatePiece> pair) : PostProcessor
{
    /// <inheritdoc/>
    public override List<TokenGroup> Process(List<TokenGroup> groups, bool addSpecialTokens)
    {
        if (groups.Count > 2)
            throw new InvalidDataException("The post-processor 'TemplateProcessing' stands behind one that makes more than two groups.");
        var made = new List<TokenGroup>();
        foreach (var piece in groups.Count == 2 ? pair : single)
        {
            if (piece.Sequence >= groups.Count)
                throw new InvalidDataException("The post-processor 'TemplateProcessing' names a second sequence in the template for one.");
            if (piece.Sequence >= 0)
                made.Add(groups[piece.Sequence].WithType(piece.Type));
            else if (addSpecialTokens)
                made.Add(new TokenGroup([.. piece.Ids.Select(id => TokenGroup.Special(id, piece.Type))]));
        }

        return made;
    }
}
