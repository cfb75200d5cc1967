using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>The labels of one text.</summary>
public sealed class ClassifyResult
{
    /// <summary>The most probable label.</summary>
    /// <example>positive</example>
    [Required]
    public required string Label { get; init; }

    /// <summary>Its probability, 0 to 1.</summary>
    /// <example>0.9871</example>
    public required float Score { get; init; }

    /// <summary>The best labels with their probabilities, best first.</summary>
    [Required]
    public required IReadOnlyList<ScoredLabel> Scores { get; init; }

    /// <summary>Tokens of the text that were classified.</summary>
    /// <example>9</example>
    public required int InputTokens { get; init; }

    /// <summary>Whether the text was longer and was cut.</summary>
    /// <example>false</example>
    public required bool Truncated { get; init; }

    /// <summary>How much each word speaks for the label; only when asked for.</summary>
    public IReadOnlyList<Attribution>? Attributions { get; init; }
}
