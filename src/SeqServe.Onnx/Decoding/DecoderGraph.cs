using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Onnx.Decoding;

/// <summary>A decoder step or language model graph: its sessions, its tensors as contract and wiring name them, and its runs over rows of a store.</summary>
internal sealed class DecoderGraph
{
    private readonly OpenGraph _graph;
    private readonly SessionPool _pool;
    private readonly DecoderWiring _wiring;

    /// <summary>Reads and checks the graph's signature.</summary>
    /// <param name="graph">The graph; owned by the caller.</param>
    /// <param name="wiring">Which of its outputs go back in.</param>
    /// <param name="logits">The part of its role that is the scores of the next tokens.</param>
    /// <exception cref="BackendException">The signature differs from what contract and wiring say.</exception>
    public DecoderGraph(OpenGraph graph, DecoderWiring wiring, string logits)
    {
        (_graph, _pool, _wiring) = (graph, graph.Pool, wiring);
        var scores = graph.Role.Output(logits);
        Inputs = [.. graph.InputParts(wiring)];
        SignatureCheck.Run(graph, [.. Inputs, .. WiredInputs()], [.. graph.Role.Outputs, .. WiredOutputs()]);
        VocabularySize = graph.FixedSize(scores, "the vocabulary");
        LogitsShape = new RowShape(scores.Name, [-1, VocabularySize], -1);
    }

    /// <summary>Its inputs beside those of the wiring.</summary>
    public GraphPart[] Inputs { get; }

    public int VocabularySize { get; }

    public RowShape LogitsShape { get; }

    public string? Attention => _wiring.Attention;

    /// <summary>An empty store for rows of this graph.</summary>
    /// <exception cref="BackendException">An input's shape is not one that rows can have.</exception>
    public RowStore NewStore()
    {
        RowShape Shape(string name, bool mayVary) => RowShape.OfInput(_graph, name, mayVary);
        var states = _wiring.States.Select(s => new StateTensor(Shape(s.Input, mayVary: false), s.Output));
        var caches = _wiring.Caches.SelectMany(c => new[] { (c.KeyInput, c.KeyOutput), (c.ValueInput, c.ValueOutput) })
            .Select(c => (Shape: Shape(c.Item1, mayVary: true), Output: c.Item2))
            .Select(c => new CacheTensor(new RowTensor(c.Shape), c.Output, new RowTensor(c.Shape)));
        var memory = _wiring.Memory.Select(m => new RowTensor(Shape(m, mayVary: true)));
        return new RowStore([.. states], [.. caches], [.. memory]);
    }

    /// <summary>What a row takes in a <see cref="RowStore"/>.</summary>
    /// <exception cref="BackendException">As <see cref="NewStore"/>.</exception>
    public CacheCost Cost
    {
        get
        {
            using var store = NewStore();
            // While memory grows, what there was and what there will be are there together.
            static long Bytes(RowTensor tensor) => 2L * sizeof(float) * tensor.Shape.Outer * tensor.Shape.Inner;
            var caches = store.Caches.Select(static cache => Bytes(cache.Past)).ToList();
            var memory = store.Memory.Select(Bytes).ToList();
            // A language model reads its input into its caches.
            return new CacheCost(memory.Count > 0 ? memory.Sum() : caches.Sum(), caches.Sum(), caches.Concat(memory).DefaultIfEmpty().Max());
        }
    }

    /// <summary>Runs the graph over some rows on the calling thread.</summary>
    /// <exception cref="BackendException">The run failed.</exception>
    public void Run(Binding inputs, Binding outputs, RunOptions options)
    {
        using var lease = _pool.Rent();
        try
        {
            using var ending = SessionLease.EndWithRun(options);
            lease.Session.Run(options, inputs.Names, inputs.Values, outputs.Names, outputs.Values);
        }
        catch (OnnxRuntimeException e)
        {
            throw new BackendException($"A run of {_graph.File} failed: {e.Message}", e);
        }
    }

    // A state may have any axes behind the batch; that it exists and holds floats is what is checked.
    private IEnumerable<GraphPart> WiredInputs() =>
    [
        .. _wiring.States.Select(s => s.Input).Concat(_wiring.Memory).Select(name => OpenGraph.Wired(name)),
        .. _wiring.Caches.SelectMany(c => new[] { c.KeyInput, c.ValueInput }).Select(name => OpenGraph.Wired(name, "[B,h,P,d]")),
    ];

    private IEnumerable<GraphPart> WiredOutputs() =>
    [
        .. _wiring.States.Select(s => OpenGraph.Wired(s.Output)),
        .. _wiring.Caches.SelectMany(c => new[] { c.KeyOutput, c.ValueOutput }).Select(name => OpenGraph.Wired(name, "[B,h,T,d]")),
        .. _wiring.Attention is { } attention ? [OpenGraph.Wired(attention, "[B,S]")] : Array.Empty<GraphPart>(),
    ];
}
