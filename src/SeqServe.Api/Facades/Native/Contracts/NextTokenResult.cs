using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.Native.Contracts;

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
