using SeqServe.Core.Batching;

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
