using System.ComponentModel.DataAnnotations;
using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>Texts whose probability is wanted.</summary>
public sealed class ScoreRequest
{
    /// <summary>A text, or an array of texts (128 at most unless configured otherwise), each read from its beginning to its end as a paragraph.</summary>
    /// <example>["The clouds are in the sky.", "The clouds are in the spoon."]</example>
    [Required]
    public TextInputs? Inputs { get; init; }

    /// <summary>The model's name; omitted, the default model of the task answers.</summary>
    /// <example>lm-lstm</example>
    public string? Model { get; init; }

    /// <summary>The model's version; omitted, the newest that is Ready answers.</summary>
    /// <example>1</example>
    public int? Version { get; init; }
}

/// <summary>How probable the texts are.</summary>
public sealed class ScoreResponse
{
    /// <summary>The model that answered.</summary>
    /// <example>lm-lstm</example>
    [Required]
    public required string Model { get; init; }

    /// <summary>Its version.</summary>
    /// <example>1</example>
    public required int Version { get; init; }

    /// <summary>One result per text, in the order of the texts.</summary>
    [Required]
    public required IReadOnlyList<ScoreResult> Results { get; init; }

    /// <summary>What the request cost.</summary>
    [Required]
    public required Usage Usage { get; init; }

    /// <summary>Where the time went.</summary>
    [Required]
    public required Timings Timings { get; init; }
}

/// <summary>How probable one text is.</summary>
public sealed class ScoreResult
{
    /// <summary>Natural logarithm of the text's probability, its end included: the sum over its tokens.</summary>
    /// <example>-27.4</example>
    public required double LogProbability { get; init; }

    /// <summary>exp(-log_probability / tokens).</summary>
    /// <example>30.6</example>
    public required double Perplexity { get; init; }

    /// <summary>exp(-log_probability / words): comparable between models of different vocabularies.</summary>
    /// <example>50.1</example>
    public required double WordPerplexity { get; init; }

    /// <summary>Parts between white space, and one for the end.</summary>
    /// <example>7</example>
    public required int Words { get; init; }

    /// <summary>The tokens and the end symbol, each with the log-probability it has given those before it.</summary>
    [Required]
    public required IReadOnlyList<ScoredToken> Tokens { get; init; }
}

/// <summary>A token in its place.</summary>
/// <param name="Token" example=" clouds">Its characters, with a space where a word begins.</param>
/// <param name="Id" example="3120">Its id.</param>
/// <param name="LogProbability" example="-8.12">Natural logarithm of its probability.</param>
public readonly record struct ScoredToken([property: Required] string Token, int Id, float LogProbability);
