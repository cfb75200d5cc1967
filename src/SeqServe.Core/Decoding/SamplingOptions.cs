namespace SeqServe.Core.Decoding;

/// <summary>How a token is chosen from logits.</summary>
public sealed record SamplingOptions
{
    /// <summary>Logits are divided by it before the soft-max; 0 takes the most probable token.</summary>
    /// <value>Default 1. At least 0.</value>
    public double Temperature { get; init; } = 1;

    /// <summary>Only the most probable tokens that together have this probability, after temperature, are drawn from.</summary>
    /// <value>Default 1: all. In (0, 1].</value>
    public double TopP { get; init; } = 1;

    /// <summary>Only so many of the most probable tokens are drawn from, before <see cref="TopP"/>.</summary>
    /// <value>Default null: all. At least 1.</value>
    public int? TopK { get; init; }

    /// <summary>Taken off the logit of each token that the answer already has.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>Taken off a token's logit for each time the answer already has it.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Added to the logits of these tokens; null for none.</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }
}
