using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Errors;

/// <summary>Why a request failed (RFC 9457, <c>application/problem+json</c>).</summary>
public sealed class Problem
{
    /// <summary>Stable name of the kind of problem; programs should look at this.</summary>
    /// <example>/problems/invalid-request</example>
    [Required]
    public required string Type { get; init; }

    /// <summary>The kind of problem in a sentence.</summary>
    /// <example>The request is not valid.</example>
    [Required]
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    /// <example>400</example>
    public required int Status { get; init; }

    /// <summary>What is wrong with this request and what to change.</summary>
    /// <example>top_k: must be in 1–2, the number of this model's labels</example>
    [Required]
    public required string Detail { get; init; }

    /// <summary>The request's trace; the server's log has more under it.</summary>
    /// <example>4bf92f3577b34da6a3ce929d0e0e4736</example>
    [Required]
    public required string TraceId { get; init; }

    /// <summary>Messages by request field, when single fields are at fault.</summary>
    /// <example>{"top_k": ["must be in 1–2, the number of this model's labels"]}</example>
    public IReadOnlyDictionary<string, string[]>? Errors { get; init; }
}
