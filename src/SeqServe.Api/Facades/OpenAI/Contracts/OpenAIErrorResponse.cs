using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.OpenAI.Contracts;

/// <summary>Why a request failed, as OpenAI's API tells it.</summary>
/// <param name="Error">The failure.</param>
public sealed record OpenAIErrorResponse([property: Required] OpenAIError Error);
