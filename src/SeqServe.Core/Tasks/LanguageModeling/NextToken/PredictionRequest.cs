using SeqServe.Core.Batching;

namespace SeqServe.Core.Tasks.LanguageModeling.NextToken;

/// <summary>Texts whose next tokens are wanted.</summary>
/// <param name="Inputs">The texts.</param>
public sealed record PredictionRequest(PromptSet Inputs)
{
    /// <summary>The model, or null for the default.</summary>
    public string? Model { get; init; }

    /// <summary>The version, or null for the newest.</summary>
    public int? Version { get; init; }

    /// <summary>How many candidates to return per text, 1–100.</summary>
    public int TopK { get; init; } = 5;

    /// <summary>Logits are divided by it, 0.01–100.</summary>
    public double Temperature { get; init; } = 1;

    /// <summary>A state that the text goes on from, as <see cref="PredictedToken.State"/> gave it, or null; with a single text only.</summary>
    public string? State { get; init; }

    /// <summary>Whether to return the state behind each text.</summary>
    public bool ReturnState { get; init; }

    /// <summary>Time the caller gives for the answer, or null for any.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Whether it goes before or behind others.</summary>
    public RowPriority Priority { get; init; } = RowPriority.Normal;
}
