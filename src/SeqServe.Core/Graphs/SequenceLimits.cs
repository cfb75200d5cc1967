namespace SeqServe.Core.Graphs;

/// <summary>What is kept of the sequences of a model with state.</summary>
public sealed record SequenceLimits
{
    /// <summary>Most sequences that are kept.</summary>
    /// <value>Default 1024. At least 1.</value>
    public int MaxSequences { get; init; } = 1024;

    /// <summary>How long a sequence is kept without a request.</summary>
    /// <value>Default one minute.</value>
    public TimeSpan MaxIdle { get; init; } = TimeSpan.FromMinutes(1);
}
