using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;
using SeqServe.Api.Json;

namespace SeqServe.Api.Facades.OpenAI.Contracts;

/// <summary>Prompts to be continued, as OpenAI's completions API takes them.</summary>
public sealed class CompletionsRequest
{
    /// <summary>The model's name; omitted, the default model of the task answers.</summary>
    /// <example>lm-lstm</example>
    public string? Model { get; init; }

    /// <summary>
    /// A text, an array of texts, an array of token ids, or an array of such arrays. Token ids are taken as they are, without the begin id that a text gets.
    /// </summary>
    /// <example>The clouds are in the</example>
    [Required]
    public PromptInputs? Prompt { get; init; }

    /// <summary>Most tokens of an answer, 0 to the model's limit. Default 16.</summary>
    /// <example>24</example>
    public int? MaxTokens { get; init; }

    /// <summary>0–2: 0 takes the most probable token, above it tokens are drawn, and the higher the more evenly. Default 1.</summary>
    /// <example>0.8</example>
    public double? Temperature { get; init; }

    /// <summary>0–1: only the most probable tokens that together have this probability, after temperature, are drawn from. Default 1.</summary>
    /// <example>0.95</example>
    public double? TopP { get; init; }

    /// <summary>Only so many of the most probable tokens are drawn from; not part of OpenAI's API. Default all.</summary>
    /// <example>40</example>
    public int? TopK { get; init; }

    /// <summary>Answers to each prompt, made side by side. Default 1.</summary>
    /// <example>1</example>
    public int? N { get; init; }

    /// <summary>Whether to answer with server-sent events as the text is made. Default false.</summary>
    /// <example>false</example>
    public bool? Stream { get; init; }

    /// <summary>What a stream holds besides; only with <c>stream</c>.</summary>
    public StreamOptions? StreamOptions { get; init; }

    /// <summary>0–5: log-probability of each token, and of so many of the most probable ones in its place. Default none.</summary>
    /// <example>2</example>
    public int? Logprobs { get; init; }

    /// <summary>Whether the prompt is the beginning of the answer; with <c>logprobs</c> its tokens are listed too. Default false.</summary>
    /// <example>false</example>
    public bool? Echo { get; init; }

    /// <summary>A text, or up to 4, before which an answer ends.</summary>
    /// <example>["."]</example>
    public TextInputs? Stop { get; init; }

    /// <summary>-2–2: taken off the logit of each token that the answer already has. Default 0.</summary>
    /// <example>0</example>
    public double? PresencePenalty { get; init; }

    /// <summary>-2–2: taken off a token's logit for each time the answer already has it. Default 0.</summary>
    /// <example>0</example>
    public double? FrequencyPenalty { get; init; }

    /// <summary>Token ids with what is added to their logits, -100–100.</summary>
    /// <example>{"3": -100}</example>
    public IReadOnlyDictionary<int, double>? LogitBias { get; init; }

    /// <summary>Same seed, same text, whatever else the server does. Default: another text each time.</summary>
    /// <example>42</example>
    public long? Seed { get; init; }

    /// <summary>Not supported: only the value of <c>n</c> is taken.</summary>
    /// <example>1</example>
    public int? BestOf { get; init; }

    /// <summary>Not supported: these models cannot look ahead. Only an empty text is taken.</summary>
    /// <example></example>
    public string? Suffix { get; init; }

    /// <summary>The caller's name for its user; not used.</summary>
    /// <example>user-1234</example>
    public string? User { get; init; }
}

/// <summary>What a stream holds besides text.</summary>
public sealed class StreamOptions
{
    /// <summary>Whether a last chunk without choices says what the request cost. Default false.</summary>
    /// <example>true</example>
    public bool? IncludeUsage { get; init; }

    /// <summary>Not supported: only false is taken.</summary>
    /// <example>false</example>
    public bool? IncludeObfuscation { get; init; }
}

/// <summary>The answers, or a chunk of a stream of them.</summary>
public sealed class CompletionsResponse
{
    /// <summary>The answer's name; the same in all chunks of a stream.</summary>
    /// <example>cmpl-4bf92f3577b34da6a3ce929d0e0e4736</example>
    [Required]
    public required string Id { get; init; }

    /// <summary>Always <c>text_completion</c>.</summary>
    /// <example>text_completion</example>
    [Required]
    public string Object { get; init; } = "text_completion";

    /// <summary>When it was begun, in Unix seconds.</summary>
    /// <example>1767225600</example>
    public required long Created { get; init; }

    /// <summary>The model that answered.</summary>
    /// <example>lm-lstm</example>
    [Required]
    public required string Model { get; init; }

    /// <summary>Model and version: a seed gives the same text while this is the same.</summary>
    /// <example>lm-lstm/1</example>
    [Required]
    public required string SystemFingerprint { get; init; }

    /// <summary>The answers: n for the first prompt, n for the second, and so on. In a stream the pieces of them that are new.</summary>
    [Required]
    public required IReadOnlyList<CompletionsChoice> Choices { get; init; }

    /// <summary>What the request cost; in a stream only in the last chunk, and when asked for.</summary>
    public CompletionsUsage? Usage { get; init; }
}

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

    /// <summary>
    /// <c>stop</c> when the model or a stop sequence ended it, <c>length</c> when it has as many tokens as were asked for; null while it goes on.
    /// </summary>
    /// <example>stop</example>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? FinishReason { get; init; }
}

/// <summary>Tokens of an answer: four lists of the same length.</summary>
public sealed class CompletionsLogprobs
{
    /// <summary>Their characters.</summary>
    /// <example>[" sky", "."]</example>
    [Required]
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>
    /// Their natural log-probabilities, as the model gave them before temperature, penalties and biases; null for the first token of an echoed prompt.
    /// </summary>
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

/// <summary>What a request cost.</summary>
/// <param name="PromptTokens" example="6">Tokens of all prompts.</param>
/// <param name="CompletionTokens" example="24">Tokens of all answers.</param>
/// <param name="TotalTokens" example="30">Both.</param>
public sealed record CompletionsUsage(int PromptTokens, int CompletionTokens, int TotalTokens);
