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

    /// <summary>
    /// Keys and values of the source, one entry a layer: <c>[B,h,S,d]</c>, which the first step computes and every later one reads.
    /// </summary>
    public IReadOnlyList<CacheWiring> SourceCaches { get; init; } = [];

    /// <summary>Encoder outputs that every step reads; input and output have the same name.</summary>
    public IReadOnlyList<string> Memory { get; init; } = [];

    /// <summary>The output with attention weights <c>[B,S]</c> over the source, or null.</summary>
    public string? Attention { get; init; }

    /// <summary>Most tokens that a row reads in its life: no cache gets longer.</summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>The same wiring with an entry for each layer of a graph in place of each one whose names hold <see cref="CacheWiring.AnyLayer"/>.</summary>
    /// <param name="inputs">Names of the graph's inputs.</param>
    /// <exception cref="BackendException">A layer between others is missing, or there is none.</exception>
    public DecoderWiring OfLayers(IReadOnlyCollection<string> inputs) => this with
    {
        Caches = [.. Caches.SelectMany(cache => cache.OfLayers(inputs))],
        SourceCaches = [.. SourceCaches.SelectMany(cache => cache.OfLayers(inputs))],
    };
}

/// <summary>One tensor of recurrent state <c>[B,…]</c>.</summary>
/// <param name="Input">The input's name.</param>
/// <param name="Output">The output's name.</param>
/// <param name="EncoderOutput">The encoder output it begins with, or null for zeros.</param>
public sealed record StateWiring(string Input, string Output, string? EncoderOutput)
{
    /// <summary>The axis of the batch; 1 in PyTorch's recurrent layers.</summary>
    public int BatchAxis { get; init; }
}

/// <summary>Keys and values of one layer: inputs <c>[B,h,P,d]</c>, outputs <c>[B,h,T,d]</c> of the new tokens only, or <c>[B,h,P+T,d]</c>.</summary>
/// <param name="KeyInput">Name of the keys' input.</param>
/// <param name="ValueInput">Name of the values' input.</param>
/// <param name="KeyOutput">Name of the new keys.</param>
/// <param name="ValueOutput">Name of the new values.</param>
public sealed record CacheWiring(string KeyInput, string ValueInput, string KeyOutput, string ValueOutput)
{
    /// <summary>What stands for the number of each layer in the names of an entry for all layers.</summary>
    public const string AnyLayer = "*";

    /// <summary>Whether the outputs hold the past as well, with the new tokens behind it.</summary>
    public bool IsWhole { get; init; }

    internal IEnumerable<CacheWiring> OfLayers(IReadOnlyCollection<string> inputs)
    {
        if (!KeyInput.Contains(AnyLayer, StringComparison.Ordinal))
            return [this];
        var layers = new List<CacheWiring>();
        while (inputs.Contains(Layer(KeyInput, layers.Count)))
        {
            var number = layers.Count;
            layers.Add(this with
            {
                KeyInput = Layer(KeyInput, number),
                ValueInput = Layer(ValueInput, number),
                KeyOutput = Layer(KeyOutput, number),
                ValueOutput = Layer(ValueOutput, number),
            });
        }

        var ends = KeyInput.Split(AnyLayer, 2);
        var found = inputs.Count(name => name.Length > KeyInput.Length - 1
            && name.StartsWith(ends[0], StringComparison.Ordinal) && name.EndsWith(ends[1], StringComparison.Ordinal));
        if (layers.Count == 0)
        {
            throw new BackendException(
                $"The graph has no input {Layer(KeyInput, 0)}: it takes no past, so that every token would be computed anew from all before it; "
                + "export it with its past (a task of \"optimum-cli export onnx\" whose name ends in -with-past).");
        }

        return found == layers.Count
            ? layers
            : throw new BackendException(
                $"Layers of the past are missing: the graph has {found} inputs like {KeyInput}, but no {Layer(KeyInput, layers.Count)}.");
    }

    private static string Layer(string name, int number) => name.Replace(AnyLayer, $"{number}", StringComparison.Ordinal);
}
