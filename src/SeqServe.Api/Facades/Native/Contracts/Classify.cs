using System.ComponentModel.DataAnnotations;
using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>Texts to classify.</summary>
public sealed class ClassifyRequest
{
    /// <summary>A text, or an array of texts (128 at most unless configured otherwise). Case and white space do not matter to the shipped models.</summary>
    /// <example>This film is a quiet, moving triumph.</example>
    [Required]
    public TextInputs? Inputs { get; set; }

    /// <summary>The second text of each input, for models that read pairs: as many as there are inputs.</summary>
    /// <example>It moves nobody.</example>
    public TextInputs? TextPair { get; set; }

    /// <summary>The model's name; omitted, the default model of the task answers.</summary>
    /// <example>sentiment-lstm</example>
    public string? Model { get; set; }

    /// <summary>The model's version; omitted, the newest that is Ready answers.</summary>
    /// <example>1</example>
    public int? Version { get; set; }

    /// <summary>How many labels to return per text, 1 to the number of the model's labels; omitted, up to 5.</summary>
    /// <example>2</example>
    public int? TopK { get; set; }

    /// <summary>
    /// What makes scores of the numbers that the graph computes: <c>softmax</c> (one label holds), <c>sigmoid</c> (each holds or not) or <c>none</c>;
    /// omitted, what the model was trained for.
    /// </summary>
    /// <example>softmax</example>
    public string? FunctionToApply { get; set; }

    /// <summary>Whether a text that is too long is cut instead of refused. Default false.</summary>
    /// <example>false</example>
    public bool? Truncate { get; set; }

    /// <summary>Whether to return how much each word speaks for the label. Default false; costs one row per word.</summary>
    /// <example>false</example>
    public bool? Explain { get; set; }
}

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

/// <summary>The labels of one text.</summary>
public sealed class ClassifyResult
{
    /// <summary>The most probable label.</summary>
    /// <example>positive</example>
    [Required]
    public required string Label { get; init; }

    /// <summary>Its score: with a softmax or sigmoid its probability, 0 to 1.</summary>
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

/// <summary>A label and its probability.</summary>
/// <param name="Label" example="positive">The label.</param>
/// <param name="Score" example="0.9871">Its probability, 0 to 1.</param>
public readonly record struct ScoredLabel([property: Required] string Label, float Score);

/// <summary>How much one word speaks for the predicted label.</summary>
/// <param name="Token" example="triumph.">The word as it is in the text.</param>
/// <param name="Start" example="29">Where it begins, in UTF-16 units.</param>
/// <param name="End" example="37">Where it ends, exclusive.</param>
/// <param name="Weight" example="0.42">Log-probability of the label with the word minus that without it: above 0 it speaks for the label.</param>
public readonly record struct Attribution([property: Required] string Token, int Start, int End, double Weight);
