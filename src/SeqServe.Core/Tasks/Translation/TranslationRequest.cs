using SeqServe.Core.Batching;

namespace SeqServe.Core.Tasks.Translation;

/// <summary>Texts to translate.</summary>
/// <param name="Texts">At least one.</param>
public sealed record TranslationRequest(IReadOnlyList<string> Texts)
{
    /// <summary>Most characters of one text: some thousand sentences.</summary>
    public const int MaxCharacters = 32_768;

    /// <summary>Most beams of one sentence.</summary>
    public const int MaxBeams = 16;

    /// <summary>Largest <see cref="LengthPenalty"/>: beyond it every search ends at its most tokens.</summary>
    public const double LargestLengthPenalty = 5;

    /// <summary>Whether the caller sent one text and not an array; only the names of fields in messages depend on it.</summary>
    public bool IsSingle { get; init; }

    /// <summary>The field that the texts came in; only the names of fields in messages depend on it.</summary>
    public string Field { get; init; } = "inputs";

    /// <summary>The places of the texts in the array that the caller sent, where this request holds a part of it; null for all of it.</summary>
    public IReadOnlyList<int>? Places { get; init; }

    /// <summary>The model, or null for the one of the language pair.</summary>
    public string? Model { get; init; }

    /// <summary>The version, or null for the newest.</summary>
    public int? Version { get; init; }

    /// <summary>Language code of the texts, or null for the model's.</summary>
    public string? Source { get; init; }

    /// <summary>Language code of the translation, or null for the model's.</summary>
    public string? Target { get; init; }

    /// <summary>
    /// Beams of the search, 1 to <see cref="MaxBeams"/>; 1 is greedy. Null for the model's, or 1, and for what <see cref="Alternatives"/> needs.
    /// </summary>
    public int? BeamSize { get; init; }

    /// <summary>The length penalty, 0 to <see cref="LargestLengthPenalty"/>; null for the model's, or 1.</summary>
    public double? LengthPenalty { get; init; }

    /// <summary>Most tokens of a sentence's translation, 1 to the model's limit; null for twice the source's and ten more.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Most further translations of each text, 0 to the number of beams.</summary>
    public int Alternatives { get; init; }

    /// <summary>Whether to return the attention weights of each target token over the source tokens.</summary>
    public bool Alignments { get; init; }

    /// <summary>Which texts go first while some wait.</summary>
    public RowPriority Priority { get; init; } = RowPriority.Normal;

    /// <summary>Time the caller gives for the answer, or null for any.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The beams that a model searches with.</summary>
    public int BeamsOf(ServedTranslator model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return BeamSize ?? Math.Clamp(model.Section.Generation?.NumBeams ?? 1, Alternatives + 1, Math.Max(MaxBeams, Alternatives + 1));
    }

    /// <summary>The name of a text's field, as the caller wrote it.</summary>
    public string FieldOf(int index) => IsSingle ? Field : $"{Field}[{Places?[index] ?? index}]";
}
