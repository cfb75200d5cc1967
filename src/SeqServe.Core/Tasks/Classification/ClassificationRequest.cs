using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>Texts to classify.</summary>
/// <param name="Texts">At least one.</param>
public sealed record ClassificationRequest(IReadOnlyList<string> Texts)
{
    /// <summary>Whether the caller sent one text and not an array; only the names of fields in messages depend on it.</summary>
    public bool IsSingle { get; init; }

    /// <summary>The field that the texts came in; only the names of fields in messages depend on it.</summary>
    public string Field { get; init; } = "inputs";

    /// <summary>The model, or null for the default.</summary>
    public string? Model { get; init; }

    /// <summary>The version, or null for the newest.</summary>
    public int? Version { get; init; }

    /// <summary>How many labels to return per text, 1 to the number of classes, or null for up to 5.</summary>
    public int? TopK { get; init; }

    /// <summary>Whether a text that is too long is cut instead of refused.</summary>
    public bool Truncate { get; init; }

    /// <summary>Whether to say how much each word contributes.</summary>
    public bool Explain { get; init; }

    /// <summary>Time the caller gives for the answer, or null for any.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether its rows go before or behind others.</summary>
    public RowPriority Priority { get; init; } = RowPriority.Normal;

    /// <summary>The name of a text's field, as the caller wrote it.</summary>
    public string FieldOf(int index) => IsSingle ? Field : $"{Field}[{index}]";
}

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
