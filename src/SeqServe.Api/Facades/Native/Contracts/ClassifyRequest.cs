using SeqServe.Api.Json;
using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>Texts to classify.</summary>
public sealed class ClassifyRequest
{
    /// <summary>A text, or an array of texts (128 at most unless configured otherwise). Case and white space do not matter to the shipped models.</summary>
    /// <example>This film is a quiet, moving triumph.</example>
    [Required]
    public TextInputs? Inputs { get; set; }

    /// <summary>The model's name; omitted, the default model of the task answers.</summary>
    /// <example>sentiment-lstm</example>
    public string? Model { get; set; }

    /// <summary>The model's version; omitted, the newest that is Ready answers.</summary>
    /// <example>1</example>
    public int? Version { get; set; }

    /// <summary>How many labels to return per text, 1 to the number of the model's labels; omitted, up to 5.</summary>
    /// <example>2</example>
    public int? TopK { get; set; }

    /// <summary>Whether a text that is too long is cut instead of refused. Default false.</summary>
    /// <example>false</example>
    public bool? Truncate { get; set; }

    /// <summary>Whether to return how much each word speaks for the label. Default false; costs one row per word.</summary>
    /// <example>false</example>
    public bool? Explain { get; set; }
}
