using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace SeqServe.Api.Facades.OpenAI.Contracts;

/// <summary>Tokens of an answer: four lists of the same length.</summary>
public sealed class CompletionsLogprobs
{
    /// <summary>Their characters.</summary>
    /// <example>[" sky", "."]</example>
    [Required]
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>Their natural log-probabilities, as the model gave them before temperature, penalties and biases; null for the first token of an echoed prompt.</summary>
    /// <example>[-1.82, -0.71]</example>
    [Required]
    public required IReadOnlyList<double?> TokenLogprobs { get; init; }

    /// <summary>The most probable tokens in each place with their log-probabilities; null when none were asked for.</summary>
    /// <example>[{" sky": -1.82}, {".": -0.71}]</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public IReadOnlyList<IReadOnlyDictionary<string, double>?>? TopLogprobs { get; init; }

    /// <summary>Where their texts begin in prompt and answer, in UTF-16 units.</summary>
    /// <example>[21, 25]</example>
    [Required]
    public required IReadOnlyList<int> TextOffset { get; init; }
}
