using SeqServe.Api.Json;
using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>Texts whose next tokens are wanted.</summary>
public sealed class NextTokenRequest
{
    /// <summary>A text, or an array of texts (128 at most unless configured otherwise). Instead of a text, its token ids: taken as they are, without the begin id that a text gets.</summary>
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

    /// <summary>A state that a text goes on from, as an earlier answer gave it; for a single text and a recurrent model. The text must begin where a word begins.</summary>
    /// <example>null</example>
    public string? State { get; init; }

    /// <summary>Whether to return the state behind each text; recurrent models only. Default false.</summary>
    /// <example>true</example>
    public bool? ReturnState { get; init; }
}
