namespace SeqServe.Core.Graphs;

/// <summary>What is kept of the sequences of a model with state.</summary>
public sealed record SequenceLimits
{
    /// <summary>Most sequences that are kept.</summary>
    /// <value>Default 1024. At least 1.</value>
    public int MaxSequences { get; init; } = 1024;

    /// <summary>Most bytes of state of all requests and sequences together.</summary>
    /// <value>Default 512 MiB: eight times what one state tensor of a request may have. At least the state of one row.</value>
    public long MaxBytes { get; init; } = 8 * StateTensors.MaxTensorBytes;

    /// <summary>How long a sequence is kept without a request.</summary>
    /// <value>Default one minute.</value>
    public TimeSpan MaxIdle { get; init; } = TimeSpan.FromMinutes(1);
}
