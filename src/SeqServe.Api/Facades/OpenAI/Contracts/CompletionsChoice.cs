using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace SeqServe.Api.Facades.OpenAI.Contracts;

/// <summary>One answer, or the next piece of it.</summary>
public sealed class CompletionsChoice
{
    /// <summary>The text.</summary>
    /// <example> sky.</example>
    [Required]
    public required string Text { get; init; }

    /// <summary>Its number in the request.</summary>
    /// <example>0</example>
    public required int Index { get; init; }

    /// <summary>Its tokens, when asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public CompletionsLogprobs? Logprobs { get; init; }

    /// <summary><c>stop</c> when the model or a stop sequence ended it, <c>length</c> when it has as many tokens as were asked for; null while it goes on.</summary>
    /// <example>stop</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FinishReason { get; init; }
}
