using System.ComponentModel.DataAnnotations;
using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>Texts whose next tokens are wanted.</summary>
public sealed class NextTokenRequest
{
    /// <summary>
    /// A text, or an array of texts (128 at most unless configured otherwise). Instead of a text, its token ids: taken as they are, without the begin id that a
    /// text gets.
    /// </summary>
    /// <example>The clouds are in the</example>
    [Required]
    public PromptInputs? Inputs { get; init; }

    /// <summary>The model's name; omitted, the default model of the task answers.</summary>
    /// <example>lm-lstm</example>
    public string? Model { get; init; }

    /// <summary>The model's version; omitted, the newest that is Ready answers.</summary>
    /// <example>1</example>
    public int? Version { get; init; }

    /// <summary>How many candidates to return per text, 1–100. Default 5.</summary>
    /// <example>3</example>
    public int? TopK { get; init; }

    /// <summary>Logits are divided by it, 0.01–100: below 1 the distribution is sharper, above 1 flatter. Default 1, the model's own.</summary>
    /// <example>1.0</example>
    public double? Temperature { get; init; }

    /// <summary>
    /// A state that a text goes on from, as an earlier answer gave it; for a single text and a recurrent model. The text must begin where a word begins.
    /// </summary>
    /// <example>null</example>
    public string? State { get; init; }

    /// <summary>Whether to return the state behind each text; recurrent models only. Default false.</summary>
    /// <example>true</example>
    public bool? ReturnState { get; init; }
}

/// <summary>The next tokens of the texts.</summary>
public sealed class NextTokenResponse
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
    public required IReadOnlyList<NextTokenResult> Results { get; init; }

    /// <summary>What the request cost.</summary>
    [Required]
    public required Usage Usage { get; init; }

    /// <summary>Where the time went.</summary>
    [Required]
    public required Timings Timings { get; init; }
}

/// <summary>What may come after one text.</summary>
public sealed class NextTokenResult
{
    /// <summary>The most probable tokens, best first.</summary>
    [Required]
    public required IReadOnlyList<Candidate> Candidates { get; init; }

    /// <summary>Entropy of the whole distribution in nats: 0 when one token is certain.</summary>
    /// <example>4.21</example>
    public required double Entropy { get; init; }

    /// <summary>Tokens that were read for it.</summary>
    /// <example>6</example>
    public required int InputTokens { get; init; }

    /// <summary>The state behind the text, when asked for: opaque and signed. The server keeps nothing of it.</summary>
    /// <example>AQdsbS1sc3RtAQAAAA…</example>
    public string? State { get; init; }
}

/// <summary>A token that may come next.</summary>
/// <param name="Token" example=" sky">Its characters, with a space where a word begins; a control symbol or a byte of a character by its name.</param>
/// <param name="Id" example="812">Its id.</param>
/// <param name="Probability" example="0.1625">Its probability, 0 to 1.</param>
/// <param name="LogProbability" example="-1.817">Natural logarithm of it.</param>
public readonly record struct Candidate([property: Required] string Token, int Id, double Probability, double LogProbability);
