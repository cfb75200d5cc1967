namespace SeqServe.Core.Decoding;

/// <summary>How a token is chosen from logits. What is null is as the model's <see cref="Or">defaults</see> have it.</summary>
public sealed record SamplingOptions
{
    /// <summary>Logits are divided by it before the soft-max; 0 takes the most probable token.</summary>
    /// <value>Default null: 1. At least 0.</value>
    public double? Temperature { get; init; }

    /// <summary>Only the most probable tokens that together have this probability, after temperature, are drawn from.</summary>
    /// <value>Default null: 1, all. In (0, 1].</value>
    public double? TopP { get; init; }

    /// <summary>Only so many of the most probable tokens are drawn from, before <see cref="TopP"/>.</summary>
    /// <value>Default null: all. At least 1.</value>
    public int? TopK { get; init; }

    /// <summary>Taken off the logit of each token that the answer already has.</summary>
    public double PresencePenalty { get; init; }

    /// <summary>Taken off a token's logit for each time the answer already has it.</summary>
    public double FrequencyPenalty { get; init; }

    /// <summary>Added to the logits of these tokens; null for none.</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>Whether they leave everything to the model.</summary>
    public bool IsUnset =>
        Temperature is null && TopP is null or 1 && TopK is null && PresencePenalty == 0 && FrequencyPenalty == 0 && LogitBias is null or { Count: 0 };

    /// <summary>The same options with those of a model in place of the ones that are null.</summary>
    public SamplingOptions Or(SamplingOptions defaults)
    {
        ArgumentNullException.ThrowIfNull(defaults);
        return this with { Temperature = Temperature ?? defaults.Temperature, TopP = TopP ?? defaults.TopP, TopK = TopK ?? defaults.TopK };
    }
}
