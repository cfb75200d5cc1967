using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Onnx.Decoding;

/// <summary>
/// A decoder graph as other frameworks export it: its caches come out whole, with the new tokens behind the past, a state may have its batch on any axis,
/// logits may be those behind every token, and what tells the graph of padding may be lengths, a mask, positions, or nothing.
/// </summary>
internal sealed class ExportedGraph
{
    private readonly OpenGraph _graph;

    /// <summary>Reads and checks the graph's signature.</summary>
    /// <param name="graph">The graph; owned by the caller.</param>
    /// <param name="wiring">Which of its outputs go back in, a cache for each layer.</param>
    /// <param name="logits">The part of its role that is the scores of the next tokens.</param>
    /// <exception cref="BackendException">The signature differs from what contract and wiring say.</exception>
    public ExportedGraph(OpenGraph graph, DecoderWiring wiring, string logits)
    {
        _graph = graph;
        MaxTokens = wiring.MaxTokens;
        var scores = graph.Role.Output(logits);
        Inputs = graph.InputParts(wiring);
        var caches = wiring.Caches.SelectMany(static c => new[] { (In: c.KeyInput, Out: c.KeyOutput), (In: c.ValueInput, Out: c.ValueOutput) }).ToList();
        GraphPart[] pasts = [.. caches.Select(static c => Cache(c.In, "[B,h,P,d]"))];
        GraphPart[] presents = [.. caches.Select(static c => Cache(c.Out, "[B,h,P+T,d]"))];
        SignatureCheck.Run(
            graph,
            [.. Inputs, .. wiring.States.Select(static s => OpenGraph.Wired(s.Input)), .. pasts],
            [scores, .. wiring.States.Select(static s => OpenGraph.Wired(s.Output)), .. presents]);
        VocabularySize = graph.FixedSize(scores, "the vocabulary");
        Logits = scores.Name;
        LogitsType = graph.Outputs[Logits].ElementDataType;
        GivesAllLogits = graph.Outputs[Logits].Dimensions.Length == 3;
        States = [.. wiring.States.Select(s => ExportedState.Of(graph, s))];
        Caches = [.. caches.Select(c => ExportedCache.Of(graph, c.In, graph, c.Out))];
    }

    /// <summary>Its inputs beside those of the wiring.</summary>
    public IReadOnlyList<GraphPart> Inputs { get; }

    public ExportedState[] States { get; }

    public ExportedCache[] Caches { get; }

    public int VocabularySize { get; }

    /// <summary>Name of the output of scores.</summary>
    public string Logits { get; }

    /// <summary>Float or Float16.</summary>
    public TensorElementType LogitsType { get; }

    /// <summary>Whether the scores are those behind each token, <c>[B,T,V]</c>, and not behind the last one only.</summary>
    public bool GivesAllLogits { get; }

    /// <summary>Most tokens that a row reads.</summary>
    public int MaxTokens { get; }

    /// <summary>Whether it is told which columns of a past and of a run are a row's own.</summary>
    public bool HasMask => Has(LanguageModelContract.Mask);

    /// <summary>Whether rows of different lengths may be padded to one run: their states end behind their own tokens.</summary>
    public bool TakesPadding => States.Length == 0 || Has(LanguageModelContract.Lengths);

    /// <summary>What its caches take, in both buffers.</summary>
    public CacheCost Cost => ExportedCache.Cost(Caches, Caches);

    /// <summary>The type that an input has in the graph.</summary>
    public TensorElementType TypeOf(GraphPart input) => _graph.Inputs[input.Name].ElementDataType;

    /// <summary>Runs the graph on the calling thread.</summary>
    /// <exception cref="BackendException">The run failed.</exception>
    public void Run(Binding inputs, Binding outputs, RunOptions options)
    {
        using var lease = _graph.Pool.Rent();
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

    private bool Has(string part) => Inputs.Any(input => input.Part == part);

    private static GraphPart Cache(string name, string shape) => OpenGraph.Wired(name, shape) with { OtherTypes = [TensorDatatype.Fp16] };
}

/// <summary>One tensor of recurrent state: a row of it is <c>[outer, inner]</c>, the tensor <c>[outer, B, inner]</c>.</summary>
/// <param name="Input">Name of the input.</param>
/// <param name="Output">Name of the output.</param>
/// <param name="Dimensions">Its axes; that of the batch is not fixed.</param>
/// <param name="BatchAxis">The axis of the batch.</param>
internal sealed record ExportedState(string Input, string Output, int[] Dimensions, int BatchAxis)
{
    /// <summary>Product of the axes before the batch.</summary>
    public int Outer { get; } = Dimensions[..BatchAxis].Aggregate(1, static (product, size) => product * size);

    /// <summary>Product of the axes behind the batch.</summary>
    public int Inner { get; } = Dimensions[(BatchAxis + 1)..].Aggregate(1, static (product, size) => product * size);

    /// <summary>Floats of a row.</summary>
    public int RowSize => Outer * Inner;

    /// <summary>Reads the shape of a state.</summary>
    /// <exception cref="BackendException">An axis beside the batch is not fixed, or the manifest's axis is not there.</exception>
    public static ExportedState Of(OpenGraph graph, StateWiring wiring)
    {
        var dimensions = graph.Inputs[wiring.Input].Dimensions;
        var (axes, axis) = (string.Join(",", dimensions), wiring.BatchAxis);
        if (axis >= dimensions.Length || dimensions[axis] > 0)
        {
            throw new BackendException(
                $"{graph.File}: input {wiring.Input} has axes [{axes}], of which axis {axis} (state[].batch_axis) cannot be the batch; "
                + "name the axis of the batch, or export the graph with that axis free.");
        }

        for (var i = 0; i < dimensions.Length; i++)
        {
            if (i != axis && dimensions[i] <= 0)
            {
                throw new BackendException(
                    $"{graph.File}: input {wiring.Input} has axes [{axes}]; "
                    + $"export it with every axis fixed but the batch, which is axis {axis} (state[].batch_axis).");
            }
        }

        return new ExportedState(wiring.Input, wiring.Output, dimensions, axis);
    }

    /// <summary>Axes of so many rows.</summary>
    public long[] Shape(int rows)
    {
        long[] shape = [.. Dimensions.Select(static size => (long)size)];
        shape[BatchAxis] = rows;
        return shape;
    }
}

/// <summary>Keys or values of one layer: <c>[B, heads, P, size]</c> in, <c>[B, heads, P+T, size]</c> out.</summary>
/// <param name="Input">Name of the past.</param>
/// <param name="Output">Name of what comes out.</param>
/// <param name="Type">Float or Float16.</param>
/// <param name="Heads">Heads.</param>
/// <param name="Size">Numbers of a head for each token.</param>
internal sealed record ExportedCache(string Input, string Output, TensorElementType Type, int Heads, int Size)
{
    /// <summary>Bytes of a row for each token.</summary>
    public long TokenBytes => (long)Heads * ColumnBytes;

    /// <summary>Bytes of a head for each token.</summary>
    public int ColumnBytes => Size * (Type == TensorElementType.Float16 ? sizeof(ushort) : sizeof(float));

    /// <summary>Reads the shape of a cache.</summary>
    /// <param name="graph">The graph that takes it.</param>
    /// <param name="input">Name of the past.</param>
    /// <param name="giver">The graph that gives it, the same or another.</param>
    /// <param name="output">Name of what comes out.</param>
    /// <exception cref="BackendException">Heads or their size are not fixed, or differ between past and present.</exception>
    public static ExportedCache Of(OpenGraph graph, string input, OpenGraph giver, string output)
    {
        var (past, present) = (graph.Inputs[input], giver.Outputs[output]);
        if (past.Dimensions is not [_, > 0, <= 0, > 0])
        {
            throw new BackendException(
                $"{graph.File}: input {input} has axes [{string.Join(",", past.Dimensions)}]; "
                + "a cache is [batch, heads, past, size] with heads and size fixed.");
        }

        if (past.ElementDataType != present.ElementDataType || Differs(past.Dimensions[1], present.Dimensions[1])
            || Differs(past.Dimensions[3], present.Dimensions[3]))
        {
            throw new BackendException(
                $"{graph.File}: input {input} is [{string.Join(",", past.Dimensions)}] {past.ElementDataType}, but output {output} of {giver.File}, "
                + "which goes into it, is "
                + $"[{string.Join(",", present.Dimensions)}] {present.ElementDataType}; export the model again.");
        }

        return new ExportedCache(input, output, past.ElementDataType, past.Dimensions[1], past.Dimensions[3]);
    }

    /// <summary>What a row takes of buffers of caches, with the room beyond what is needed.</summary>
    /// <param name="inputs">Caches of what is read first.</param>
    /// <param name="outputs">Caches of what is written.</param>
    public static CacheCost Cost(IReadOnlyCollection<ExportedCache> inputs, IReadOnlyCollection<ExportedCache> outputs)
    {
        static long Bytes(IReadOnlyCollection<ExportedCache> caches) => CacheBuffers.WithSpare(2 * caches.Sum(static cache => cache.TokenBytes));
        return new CacheCost(Bytes(inputs), Bytes(outputs), inputs.Concat(outputs).Select(static cache => cache.TokenBytes).DefaultIfEmpty().Max());
    }

    private static bool Differs(int one, int other) => one > 0 && other > 0 && one != other;
}
