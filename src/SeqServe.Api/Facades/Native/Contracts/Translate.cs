using System.ComponentModel.DataAnnotations;
using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.Native.Contracts;

/// <summary>Texts to translate.</summary>
public sealed class TranslateRequest
{
    /// <summary>
    /// A text, or an array of texts (128 at most unless configured otherwise), each of 32768 characters at most. Long texts are translated sentence by
    /// sentence; their white space and line breaks are kept.
    /// </summary>
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

    /// <summary>
    /// Beams of the search, 1–16. Default 1, which is greedy and the fastest, or as many as <c>alternatives</c> need; 4 translates a little better. A beam
    /// costs as much as a text.
    /// </summary>
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

/// <summary>The translations of the texts.</summary>
public sealed class TranslateResponse
{
    /// <summary>The model that answered.</summary>
    /// <example>en-fr-attention</example>
    [Required]
    public required string Model { get; init; }

    /// <summary>Its version.</summary>
    /// <example>1</example>
    public required int Version { get; init; }

    /// <summary>Language code of the texts; missing where the model is not known to translate.</summary>
    /// <example>en</example>
    public required string? Source { get; init; }

    /// <summary>Language code of the translations; likewise.</summary>
    /// <example>fr</example>
    public required string? Target { get; init; }

    /// <summary>One result per text, in the order of the texts.</summary>
    [Required]
    public required IReadOnlyList<TranslateResult> Results { get; init; }

    /// <summary>What the request cost.</summary>
    [Required]
    public required TokenUsage Usage { get; init; }

    /// <summary>Where the time went.</summary>
    [Required]
    public required Timings Timings { get; init; }
}

/// <summary>The translation of one text.</summary>
public sealed class TranslateResult
{
    /// <summary>The translation.</summary>
    /// <example>Où est la gare ?</example>
    [Required]
    public required string Translation { get; init; }

    /// <summary>Its log-probability over the length penalty: 0 is certain. Of several sentences the mean.</summary>
    /// <example>-0.31</example>
    public required double Score { get; init; }

    /// <summary>Why it ended: <c>eos</c> when the model ended it, <c>length</c> when it came to the most tokens.</summary>
    /// <example>eos</example>
    [Required]
    public required string FinishReason { get; init; }

    /// <summary>Further translations, best first; only when asked for.</summary>
    public IReadOnlyList<TranslateAlternative>? Alternatives { get; init; }

    /// <summary>The columns of <c>alignments</c>; only when asked for, of a text that was translated in one piece.</summary>
    /// <example>[" Where", " is", " it", "?", "&lt;/s&gt;"]</example>
    public IReadOnlyList<string>? SourceTokens { get; init; }

    /// <summary>The rows of <c>alignments</c>.</summary>
    /// <example>[" Où", " est", "-ce", " ?"]</example>
    public IReadOnlyList<string>? TargetTokens { get; init; }

    /// <summary>
    /// How much each target token looked at each source token, <c>[target token][source token]</c>; each row sums to 1. For a Transformer the mean over the
    /// heads of one layer.
    /// </summary>
    /// <example>[[0.8, 0.1, 0.05, 0.03, 0.02]]</example>
    public IReadOnlyList<IReadOnlyList<float>>? Alignments { get; init; }

    /// <summary>The alignments sentence by sentence; only when asked for, of a text that was cut into sentences.</summary>
    public IReadOnlyList<TranslateAlignment>? Sentences { get; init; }
}

/// <summary>A further translation.</summary>
/// <param name="Translation" example="Où se trouve la gare ?">The translation.</param>
/// <param name="Score" example="-0.52">Its log-probability over the length penalty.</param>
public sealed record TranslateAlternative([property: Required] string Translation, double Score);

/// <summary>How the tokens of one sentence are aligned.</summary>
/// <param name="SourceTokens" example='[" Where", " is", " it", "?", "&lt;/s&gt;"]'>The columns.</param>
/// <param name="TargetTokens" example='[" Où", " est", "-ce", " ?"]'>The rows.</param>
/// <param name="Alignments" example='[[0.8, 0.1, 0.05, 0.03, 0.02]]'><c>[target token][source token]</c>; each row sums to 1.</param>
public sealed record TranslateAlignment(
    [property: Required] IReadOnlyList<string> SourceTokens,
    [property: Required] IReadOnlyList<string> TargetTokens,
    [property: Required] IReadOnlyList<IReadOnlyList<float>> Alignments);

/// <summary>An event <c>token</c> of a streamed translation.</summary>
/// <param name="Index">Which of <c>inputs</c>.</param>
/// <param name="Text">The piece of text that is certain now; joined, the pieces of an input are its translation. Empty while a character is unfinished.</param>
/// <param name="TokenId">The token; absent for white space between sentences and what is not translated.</param>
/// <param name="LogProbability">Natural logarithm of the token's probability; absent with the token.</param>
public sealed record TranslateToken(int Index, [property: Required] string Text, int? TokenId, double? LogProbability);
