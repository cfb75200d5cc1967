using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>The labels of the texts.</summary>
public sealed class ClassifyResponse
{
    /// <summary>The model that answered.</summary>
    /// <example>sentiment-lstm</example>
    [Required]
    public required string Model { get; init; }

    /// <summary>Its version.</summary>
    /// <example>1</example>
    public required int Version { get; init; }

    /// <summary>One result per text, in the order of the texts.</summary>
    [Required]
    public required IReadOnlyList<ClassifyResult> Results { get; init; }

    /// <summary>What the request cost.</summary>
    [Required]
    public required Usage Usage { get; init; }

    /// <summary>Where the time went.</summary>
    [Required]
    public required Timings Timings { get; init; }
}
