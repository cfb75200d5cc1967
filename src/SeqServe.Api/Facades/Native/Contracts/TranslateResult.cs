using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

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

    /// <summary>How much each target token looked at each source token, <c>[target token][source token]</c>; each row sums to 1. For a Transformer the mean over the heads of one layer.</summary>
    /// <example>[[0.8, 0.1, 0.05, 0.03, 0.02]]</example>
    public IReadOnlyList<IReadOnlyList<float>>? Alignments { get; init; }

    /// <summary>The alignments sentence by sentence; only when asked for, of a text that was cut into sentences.</summary>
    public IReadOnlyList<TranslateAlignment>? Sentences { get; init; }
}
