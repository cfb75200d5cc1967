using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>The translations of the texts.</summary>
public sealed class TranslateResponse
{
    /// <summary>The model that answered.</summary>
    /// <example>en-fr-attention</example>
    [Required]
    public required string Model { get; init; }

    /// <summary>Its version.</summary>
    /// <example>1</example>
    public required int Version { get; init; }

    /// <summary>Language code of the texts.</summary>
    /// <example>en</example>
    [Required]
    public required string Source { get; init; }

    /// <summary>Language code of the translations.</summary>
    /// <example>fr</example>
    [Required]
    public required string Target { get; init; }

    /// <summary>One result per text, in the order of the texts.</summary>
    [Required]
    public required IReadOnlyList<TranslateResult> Results { get; init; }

    /// <summary>What the request cost.</summary>
    [Required]
    public required TokenUsage Usage { get; init; }

    /// <summary>Where the time went.</summary>
    [Required]
    public required Timings Timings { get; init; }
}
