using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.Core.Backends;

namespace SeqServe.Onnx.Decoding;

/// <summary>A decoder step or language model graph: its sessions, its tensors as the wiring names them, and its runs over rows of a store.</summary>
internal sealed class DecoderGraph
{
    private readonly SessionPool _pool;
    private readonly DecoderWiring _wiring;
    private readonly string _file;
    private readonly string _lengths;

    /// <summary>Reads and checks the graph's signature.</summary>
    /// <param name="pool">Its sessions; owned by the caller.</param>
    /// <param name="file">Its file's name, for messages.</param>
    /// <param name="wiring">Which tensor is what.</param>
    /// <param name="tokens">What the graph reads: one token a row, or several with their lengths.</param>
    /// <exception cref="BackendException">The signature differs from what the wiring needs.</exception>
    public DecoderGraph(SessionPool pool, string file, DecoderWiring wiring, TokenAxes tokens)
    {
        _pool = pool;
        _wiring = wiring;
        _file = file;
        Tokens = tokens;
        ReadsSourceLengths = pool.First.InputMetadata.ContainsKey("src_len");
        ReadsPastLengths = wiring.Caches.Count > 0;
        _lengths = "lengths";
        ModelSignature.Check(pool.First, file, [.. Inputs()], [.. Outputs()]);
        VocabularySize = pool.First.OutputMetadata["logits"].Dimensions[1];
        if (VocabularySize < 1)
            throw new BackendException($"{file} does not fix the vocabulary: logits must be [B,V] with a constant V.");
        LogitsShape = new RowShape("logits", [-1, VocabularySize], -1);
    }

    public TokenAxes Tokens { get; }

    public int VocabularySize { get; }

    public RowShape LogitsShape { get; }

    public bool ReadsSourceLengths { get; }

    public bool ReadsPastLengths { get; }

    public string? Attention => _wiring.Attention;

    /// <summary>An empty store for rows of this graph.</summary>
    /// <exception cref="BackendException">An input's shape is not one that rows can have.</exception>
    public RowStore NewStore()
    {
        RowShape Shape(string name, bool mayVary) => RowShape.OfInput(_pool.First, name, _file, mayVary);
        var states = _wiring.States.Select(s => new StateTensor(Shape(s.Input, mayVary: false), s.Output));
        var caches = _wiring.Caches.SelectMany(c => new[] { (c.KeyInput, c.KeyOutput), (c.ValueInput, c.ValueOutput) })
            .Select(c => (Shape: Shape(c.Item1, mayVary: true), Output: c.Item2))
            .Select(c => new CacheTensor(new RowTensor(c.Shape), c.Output, new RowTensor(c.Shape)));
        var memory = _wiring.Memory.Select(m => new RowTensor(Shape(m, mayVary: true)));
        return new RowStore([.. states], [.. caches], [.. memory]);
    }

    /// <summary>Runs the graph over some rows on the calling thread; inputs and outputs are cleared afterwards.</summary>
    public void Run(Binding inputs, Binding outputs, RunOptions options)
    {
        using var lease = _pool.Rent();
        try
        {
            lease.Session.Run(options, inputs.Names, inputs.Values, outputs.Names, outputs.Values);
        }
        catch (OnnxRuntimeException e)
        {
            throw new BackendException($"A run of {_file} failed: {e.Message}", e);
        }
        finally
        {
            inputs.Clear();
            outputs.Clear();
        }
    }

    private IEnumerable<TensorContract> Inputs()
    {
        if (Tokens == TokenAxes.One)
        {
            yield return new TensorContract("tokens", TensorElementType.Int64, 1, "[B]");
        }
        else
        {
            yield return new TensorContract("tokens", TensorElementType.Int64, 2, "[B,T]");
            yield return new TensorContract(_lengths, TensorElementType.Int64, 1, "[B]");
        }

        if (ReadsPastLengths)
            yield return new TensorContract("past_len", TensorElementType.Int64, 1, "[B]");
        if (ReadsSourceLengths)
            yield return new TensorContract("src_len", TensorElementType.Int64, 1, "[B]");
        foreach (var name in _wiring.States.Select(s => s.Input).Concat(_wiring.Memory))
            yield return AnyRank(_pool.First.InputMetadata, name);
        foreach (var cache in _wiring.Caches)
        {
            yield return new TensorContract(cache.KeyInput, TensorElementType.Float, 4, "[B,h,P,d]");
            yield return new TensorContract(cache.ValueInput, TensorElementType.Float, 4, "[B,h,P,d]");
        }
    }

    private IEnumerable<TensorContract> Outputs()
    {
        yield return new TensorContract("logits", TensorElementType.Float, 2, "[B,V]");
        foreach (var state in _wiring.States)
            yield return AnyRank(_pool.First.OutputMetadata, state.Output);
        foreach (var cache in _wiring.Caches)
        {
            yield return new TensorContract(cache.KeyOutput, TensorElementType.Float, 4, "[B,h,T,d]");
            yield return new TensorContract(cache.ValueOutput, TensorElementType.Float, 4, "[B,h,T,d]");
        }

        if (_wiring.Attention is { } attention)
            yield return new TensorContract(attention, TensorElementType.Float, 2, "[B,S]");
    }

    // A state may have any axes behind the batch; that it exists and holds floats is what is checked.
    private static TensorContract AnyRank(IReadOnlyDictionary<string, NodeMetadata> side, string name) =>
        new(name, TensorElementType.Float, side.TryGetValue(name, out var found) && found.IsTensor ? Math.Max(2, found.Dimensions.Length) : 2, "[B,…]");
}
