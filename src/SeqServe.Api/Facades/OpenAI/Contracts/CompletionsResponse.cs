using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.OpenAI.Contracts;

/// <summary>The answers, or a chunk of a stream of them.</summary>
public sealed class CompletionsResponse
{
    /// <summary>The answer's name; the same in all chunks of a stream.</summary>
    /// <example>cmpl-4bf92f3577b34da6a3ce929d0e0e4736</example>
    [Required]
    public required string Id { get; init; }

    /// <summary>Always <c>text_completion</c>.</summary>
    /// <example>text_completion</example>
    [Required]
    public string Object { get; init; } = "text_completion";

    /// <summary>When it was begun, in Unix seconds.</summary>
    /// <example>1767225600</example>
    public required long Created { get; init; }

    /// <summary>The model that answered.</summary>
    /// <example>lm-lstm</example>
    [Required]
    public required string Model { get; init; }

    /// <summary>Model and version: a seed gives the same text while this is the same.</summary>
    /// <example>lm-lstm/1</example>
    [Required]
    public required string SystemFingerprint { get; init; }

    /// <summary>The answers: n for the first prompt, n for the second, and so on. In a stream the pieces of them that are new.</summary>
    [Required]
    public required IReadOnlyList<CompletionsChoice> Choices { get; init; }

    /// <summary>What the request cost; in a stream only in the last chunk, and when asked for.</summary>
    public CompletionsUsage? Usage { get; init; }
}
