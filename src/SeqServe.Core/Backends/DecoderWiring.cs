namespace SeqServe.Core.Backends;

/// <summary>Which outputs of a decoder go back in, which of its inputs stay, and where attention is: names of a graph's tensors.</summary>
public sealed record DecoderWiring
{
    /// <summary>A graph of which nothing goes back in.</summary>
    public static DecoderWiring None { get; } = new();

    /// <summary>Recurrent state: what comes out of a step replaces what went in.</summary>
    public IReadOnlyList<StateWiring> States { get; init; } = [];

    /// <summary>Key-value caches, one entry a layer: what comes out of a step is put behind what went in.</summary>
    public IReadOnlyList<CacheWiring> Caches { get; init; } = [];

    /// <summary>Encoder outputs that every step reads; input and output have the same name.</summary>
    public IReadOnlyList<string> Memory { get; init; } = [];

    /// <summary>The output with attention weights <c>[B,S]</c> over the source, or null.</summary>
    public string? Attention { get; init; }
}

/// <summary>One tensor of recurrent state <c>[B,…]</c>.</summary>
/// <param name="Input">The input's name.</param>
/// <param name="Output">The output's name.</param>
/// <param name="EncoderOutput">The encoder output it begins with, or null for zeros.</param>
public sealed record StateWiring(string Input, string Output, string? EncoderOutput);

/// <summary>Keys and values of one layer: inputs <c>[B,h,P,d]</c>, outputs <c>[B,h,T,d]</c> of the new tokens only.</summary>
/// <param name="KeyInput">Name of the keys' input.</param>
/// <param name="ValueInput">Name of the values' input.</param>
/// <param name="KeyOutput">Name of the new keys.</param>
/// <param name="ValueOutput">Name of the new values.</param>
public sealed record CacheWiring(string KeyInput, string ValueInput, string KeyOutput, string ValueOutput);
