namespace SeqServe.Core.Tasks.Translation;

/// <summary>Which source tokens each target token of a sentence looked at.</summary>
/// <param name="SourceTokens">The columns: all that the decoder could look at, the end id included.</param>
/// <param name="TargetTokens">The rows; without the end id.</param>
/// <param name="Weights"><c>[target token][source token]</c>; each row sums to 1.</param>
public sealed record SentenceAlignment(IReadOnlyList<string> SourceTokens, IReadOnlyList<string> TargetTokens, IReadOnlyList<IReadOnlyList<float>> Weights);
