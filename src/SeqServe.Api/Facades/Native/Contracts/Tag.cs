using System.ComponentModel.DataAnnotations;
using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>Texts to tag.</summary>
public sealed class TagRequest
{
    /// <summary>A text, or an array of texts (128 at most unless configured otherwise).</summary>
    /// <example>Play something by Sigur Rós in Zürich</example>
    [Required]
    public TextInputs? Inputs { get; set; }

    /// <summary>The model's name; omitted, the default model of the task answers.</summary>
    /// <example>slots</example>
    public string? Model { get; set; }

    /// <summary>The model's version; omitted, the newest that is Ready answers.</summary>
    /// <example>1</example>
    public int? Version { get; set; }

    /// <summary>
    /// How tokens become answers, as transformers' aggregation_strategy: <c>none</c> (each token), <c>simple</c> (neighbours of one label are an entity), or
    /// entities of whole words, each with the label of its <c>first</c> token, of its tokens' <c>average</c> or of the token of the <c>max</c> score. Default
    /// <c>simple</c>.
    /// </summary>
    /// <example>simple</example>
    public string? Aggregate { get; set; }

    /// <summary>Whether a text that is too long is cut instead of refused. Default false.</summary>
    /// <example>false</example>
    public bool? Truncate { get; set; }
}

/// <summary>The tags of the texts.</summary>
public sealed class TagResponse
{
    /// <summary>The model that answered.</summary>
    /// <example>slots</example>
    [Required]
    public required string Model { get; init; }

    /// <summary>Its version.</summary>
    /// <example>1</example>
    public required int Version { get; init; }

    /// <summary>One result per text, in the order of the texts.</summary>
    [Required]
    public required IReadOnlyList<TagResult> Results { get; init; }

    /// <summary>What the request cost.</summary>
    [Required]
    public required Usage Usage { get; init; }

    /// <summary>Where the time went.</summary>
    [Required]
    public required Timings Timings { get; init; }
}

/// <summary>The tags of one text.</summary>
/// <param name="Tags">In the order of the text; what is labelled <c>O</c> is left out.</param>
/// <param name="InputTokens" example="12">Tokens of the text that were read.</param>
/// <param name="Truncated" example="false">Whether the text was longer and was cut.</param>
public sealed record TagResult([property: Required] IReadOnlyList<TaggedSpan> Tags, int InputTokens, bool Truncated);

/// <summary>A labelled part of a text.</summary>
/// <param name="Label" example="artist">Its label; of an entity without the mark of its beginning.</param>
/// <param name="Score" example="0.98">The label's probability; of an entity the mean over its tokens or words.</param>
/// <param name="Text" example="Sigur Rós">The part as it is in the text.</param>
/// <param name="Start" example="18">Where it begins, in UTF-16 units.</param>
/// <param name="End" example="27">Where it ends, exclusive.</param>
/// <param name="Index" example="6">Of a single token its place among the model's tokens; of an entity left out.</param>
public readonly record struct TaggedSpan([property: Required] string Label, float Score, [property: Required] string Text, int Start, int End, int? Index);
