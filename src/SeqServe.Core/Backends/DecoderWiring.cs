namespace SeqServe.Core.Backends;

/// <summary>Which outputs of a decoder go back in, which of its inputs stay, and where attention is: names of a graph's tensors.</summary>
public sealed record DecoderWiring
{
    /// <summary>Recurrent state: what comes out of a step replaces what went in.</summary>
    public IReadOnlyList<StateWiring> States { get; init; } = [];

    /// <summary>Key-value caches, one entry a layer: what comes out of a step is put behind what went in.</summary>
    public IReadOnlyList<CacheWiring> Caches { get; init; } = [];

    /// <summary>Encoder outputs that every step reads; input and output have the same name.</summary>
    public IReadOnlyList<string> Memory { get; init; } = [];

    /// <summary>The output with attention weights <c>[B,S]</c> over the source, or null.</summary>
    public string? Attention { get; init; }
}
