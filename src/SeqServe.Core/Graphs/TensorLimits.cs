namespace SeqServe.Core.Graphs;

/// <summary>What one request of tensors may cost, before and after its run.</summary>
public sealed record TensorLimits
{
    /// <summary>Most elements of its inputs together; an axis of size 0 counts as one of size 1, since a graph may reduce it away.</summary>
    /// <value>Default 16,777,216: 64 MiB of FP32.</value>
    public long MaxInputElements { get; init; } = 1 << 24;

    /// <summary>Most bytes of its outputs together.</summary>
    /// <value>Default 256 MiB.</value>
    public long MaxOutputBytes { get; init; } = 256 << 20;
}
