using SeqServe.Core.Batching;

namespace SeqServe.Core.Tasks.LanguageModeling.Scoring;

/// <summary>Texts whose probability is wanted.</summary>
/// <param name="Texts">At least one.</param>
/// <param name="IsSingle">Whether the caller sent one text and not an array; only the names of fields in messages depend on it.</param>
public sealed record ScoringRequest(IReadOnlyList<string> Texts, bool IsSingle)
{
    /// <summary>The model, or null for the default.</summary>
    public string? Model { get; init; }

    /// <summary>The version, or null for the newest.</summary>
    public int? Version { get; init; }

    /// <summary>Time the caller gives for the answer, or null for any.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether it goes before or behind others.</summary>
    public RowPriority Priority { get; init; } = RowPriority.Normal;

    /// <summary>The name of a text's field, as the caller wrote it.</summary>
    public string FieldOf(int index) => IsSingle ? "inputs" : $"inputs[{index}]";
}
