using SeqServe.Api.Json;
using System.ComponentModel.DataAnnotations;

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
