namespace SeqServe.Core.Tasks.Classification;

/// <summary>The labels of one text.</summary>
/// <param name="Scores">The most probable labels, best first; at least one.</param>
/// <param name="InputTokens">Tokens that were classified.</param>
/// <param name="Truncated">Whether the text had more.</param>
/// <param name="Attributions">What each word contributes, or null when not asked for.</param>
public sealed record ClassifiedText(IReadOnlyList<LabelScore> Scores, int InputTokens, bool Truncated, IReadOnlyList<WordAttribution>? Attributions);
