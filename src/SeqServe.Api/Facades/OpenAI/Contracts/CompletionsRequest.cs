using SeqServe.Api.Json;
using System.ComponentModel.DataAnnotations;

namespace SeqServe.Api.Facades.OpenAI.Contracts;

/// <summary>Prompts to be continued, as OpenAI's completions API takes them.</summary>
public sealed class CompletionsRequest
{
    /// <summary>The model's name; omitted, the default model of the task answers.</summary>
    /// <example>lm-lstm</example>
    public string? Model { get; init; }

    /// <summary>A text, an array of texts, an array of token ids, or an array of such arrays. Token ids are taken as they are, without the begin id that a text gets.</summary>
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

    /// <summary>Whether the prompt is the beginning of the answer; with <c>logprobs</c> its tokens are told too. Default false.</summary>
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
