namespace SeqServe.Core.Batching.Plans;

/// <summary>Whether models are measured after loading.</summary>
public sealed class PlanOptions
{
    /// <summary>Measures every model whose manifest sets no preferred batch size.</summary>
    /// <value>Default true.</value>
    public bool Measure { get; init; } = true;

    /// <summary>Folder in which plans are kept, or null to measure at every start.</summary>
    /// <value>Default null.</value>
    public string? CacheFolder { get; init; }
}
