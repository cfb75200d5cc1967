using System.ComponentModel.DataAnnotations;
using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.OpenAI.Contracts;

/// <summary>Texts to embed, as OpenAI's embeddings API takes them.</summary>
public sealed class EmbeddingsRequest
{
    /// <summary>The model's name; omitted, the default model of the task answers.</summary>
    /// <example>sentences</example>
    public string? Model { get; init; }

    /// <summary>A text, an array of texts, an array of token ids, or an array of such arrays. Token ids are taken as they are.</summary>
    /// <example>Ottawa is the capital of Canada.</example>
    [Required]
    public PromptInputs? Input { get; init; }

    /// <summary><c>float</c> or <c>base64</c>: the numbers as JSON, or their bytes in single precision, little-endian. Default <c>float</c>.</summary>
    /// <example>float</example>
    public string? EncodingFormat { get; init; }

    /// <summary>How many numbers of each vector are wanted; the rest is cut off and what is left scaled to length 1. Default all.</summary>
    /// <example>256</example>
    public int? Dimensions { get; init; }

    /// <summary>Whether a text that is too long is cut instead of refused; not part of OpenAI's API. Default false.</summary>
    /// <example>false</example>
    public bool? Truncate { get; init; }

    /// <summary>An id of the caller's user; taken and ignored.</summary>
    /// <example>user-1234</example>
    public string? User { get; init; }
}

/// <summary>The vectors of the texts.</summary>
public sealed class EmbeddingsResponse
{
    /// <summary>Always <c>list</c>.</summary>
    /// <example>list</example>
    [Required]
    public string Object { get; init; } = "list";

    /// <summary>One vector per text, in the order of the texts.</summary>
    [Required]
    public required IReadOnlyList<EmbeddingObject> Data { get; init; }

    /// <summary>The model that answered.</summary>
    /// <example>sentences</example>
    [Required]
    public required string Model { get; init; }

    /// <summary>What the request cost.</summary>
    [Required]
    public required EmbeddingUsage Usage { get; init; }
}

/// <summary>A vector.</summary>
/// <param name="Object" example="embedding">Always <c>embedding</c>.</param>
/// <param name="Index" example="0">Which text it is of.</param>
/// <param name="Embedding" example="[0.12, -0.03]">Its numbers, or their bytes in base64.</param>
public sealed record EmbeddingObject([property: Required] string Object, int Index, [property: Required] EmbeddingNumbers Embedding);

/// <summary>What a request of embeddings cost.</summary>
/// <param name="PromptTokens" example="9">Tokens of all texts.</param>
/// <param name="TotalTokens" example="9">The same.</param>
public sealed record EmbeddingUsage(int PromptTokens, int TotalTokens);
