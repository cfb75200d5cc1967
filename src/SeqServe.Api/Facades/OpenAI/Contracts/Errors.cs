using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace SeqServe.Api.Facades.OpenAI.Contracts;

/// <summary>Why a request failed, as OpenAI's API writes it.</summary>
/// <param name="Error">The failure.</param>
public sealed record OpenAIErrorResponse([property: Required] OpenAIError Error);

/// <summary>A failure.</summary>
public sealed class OpenAIError
{
    /// <summary>What is wrong with this request and what to change.</summary>
    /// <example>max_tokens: must be in 0–64, the limit of this model</example>
    [Required]
    public required string Message { get; init; }

    /// <summary><c>invalid_request_error</c>, <c>authentication_error</c>, <c>rate_limit_error</c> or <c>server_error</c>.</summary>
    /// <example>invalid_request_error</example>
    [Required]
    public required string Type { get; init; }

    /// <summary>The field at fault, or null.</summary>
    /// <example>max_tokens</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Param { get; init; }

    /// <summary>Stable name of the kind of problem.</summary>
    /// <example>invalid_request</example>
    [Required]
    public required string Code { get; init; }
}
