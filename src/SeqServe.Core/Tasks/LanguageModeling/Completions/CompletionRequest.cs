using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;

namespace SeqServe.Core.Tasks.LanguageModeling.Completions;

/// <summary>Prompts to be continued.</summary>
/// <param name="Prompts">The prompts.</param>
public sealed record CompletionRequest(PromptSet Prompts)
{
    /// <summary>The model, or null for the default.</summary>
    public string? Model { get; init; }

    /// <summary>The version, or null for the newest.</summary>
    public int? Version { get; init; }

    /// <summary>Most tokens of an answer, 0 up to the model's limit; null for 16, or the model's limit when that is less.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Answers to each prompt, at least 1.</summary>
    public int Choices { get; init; } = 1;

    /// <summary>How tokens are chosen.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>
    /// What the random numbers follow from: the same request with the same seed has the same answer. Null for a seed that cannot be foreseen.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>How many of the most probable tokens to give at each place, beside the chosen one's log-probability; null for neither.</summary>
    public int? LogProbabilities { get; init; }

    /// <summary>Whether the prompt is the beginning of the answer.</summary>
    public bool Echo { get; init; }

    /// <summary>An answer ends before the first of these, none empty.</summary>
    public IReadOnlyList<string> Stops { get; init; } = [];

    /// <summary>Time the caller gives for the answer, or null for any.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether it goes before or behind others.</summary>
    public RowPriority Priority { get; init; } = RowPriority.Normal;
}
