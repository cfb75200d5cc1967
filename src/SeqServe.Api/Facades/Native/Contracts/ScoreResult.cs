using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

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
