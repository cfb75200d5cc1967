using SeqServe.Api.Json;
using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>Texts to translate.</summary>
public sealed class TranslateRequest
{
    /// <summary>A text, or an array of texts (128 at most unless configured otherwise), each of 32768 characters at most. Long texts are translated sentence by sentence; their white space and line breaks are kept.</summary>
    /// <example>Where is the station?</example>
    [Required]
    public TextInputs? Inputs { get; init; }

    /// <summary>The model's name; omitted, the model of <c>source</c> and <c>target</c>, or the default of the task answers.</summary>
    /// <example>en-fr-attention</example>
    public string? Model { get; init; }

    /// <summary>The model's version; omitted, the newest that is Ready answers.</summary>
    /// <example>1</example>
    public int? Version { get; init; }

    /// <summary>Language code of the texts. With <c>model</c> it may be left out.</summary>
    /// <example>en</example>
    public string? Source { get; init; }

    /// <summary>Language code of the translation. With <c>model</c> it may be left out.</summary>
    /// <example>fr</example>
    public string? Target { get; init; }

    /// <summary>Beams of the search, 1–16. Default 1, which is greedy and the fastest, or as many as <c>alternatives</c> need; 4 translates a little better. A beam costs as much as a text.</summary>
    /// <example>1</example>
    public int? BeamSize { get; init; }

    /// <summary>Alpha of GNMT's length penalty, 0–5: the larger, the longer the translation that a beam search prefers. Default 1.</summary>
    /// <example>1</example>
    public double? LengthPenalty { get; init; }

    /// <summary>Most tokens of a sentence's translation, up to the model's limit. Default: twice the source's and ten more.</summary>
    /// <example>100</example>
    public int? MaxTokens { get; init; }

    /// <summary>Most further translations to return, up to <c>beam_size</c>. Default 0.</summary>
    /// <example>0</example>
    public int? Alternatives { get; init; }

    /// <summary>Whether to return which source tokens each target token looked at. Default false.</summary>
    /// <example>false</example>
    public bool? Alignments { get; init; }

    /// <summary>Whether to answer with server-sent events while the translation is made. Default false; needs <c>beam_size</c> 1.</summary>
    /// <example>false</example>
    public bool? Stream { get; init; }
}
