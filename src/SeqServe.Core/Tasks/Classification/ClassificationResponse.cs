using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>The answer to a <see cref="ClassificationRequest"/>.</summary>
/// <param name="Model">The model that answered.</param>
/// <param name="Version">Its version.</param>
/// <param name="Results">One per text, in the order of the texts.</param>
/// <param name="InputTokens">Tokens of all texts.</param>
/// <param name="Timings">Where the time went.</param>
public sealed record ClassificationResponse(string Model, int Version, IReadOnlyList<ClassifiedText> Results, int InputTokens, InferenceTimings Timings);

/// <summary>The labels of one text.</summary>
/// <param name="Scores">The most probable labels, best first; at least one.</param>
/// <param name="InputTokens">Tokens that were classified.</param>
/// <param name="Truncated">Whether the text had more.</param>
/// <param name="Attributions">What each word contributes, or null when not asked for.</param>
public sealed record ClassifiedText(IReadOnlyList<LabelScore> Scores, int InputTokens, bool Truncated, IReadOnlyList<WordAttribution>? Attributions);

/// <summary>A label and its probability.</summary>
/// <param name="Label">The label.</param>
/// <param name="Score">Its probability, 0 to 1.</param>
public readonly record struct LabelScore(string Label, float Score);

/// <summary>What one word contributes to the predicted label.</summary>
/// <param name="Word">The word as it stands in the text.</param>
/// <param name="Start">Where it begins, in UTF-16 units.</param>
/// <param name="End">Where it ends (exclusive).</param>
/// <param name="Weight">Log-probability of the predicted label with the word minus that without it: above 0 the word speaks for the label.</param>
public readonly record struct WordAttribution(string Word, int Start, int End, double Weight);
