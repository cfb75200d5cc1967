using SeqServe.Core.Backends;
using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>The tensors of a graph that go from one request of a sequence to its next, and so neither come from clients nor go to them.</summary>
public sealed class StateTensors
{
    /// <summary>Most bytes of one state tensor of a request with several rows: as large as a body may be by default.</summary>
    internal const long MaxTensorBytes = 64L << 20;

    private readonly IReadOnlyList<(TensorSpec Input, string Output)> _states;

    private StateTensors(IReadOnlyList<(TensorSpec Input, string Output)> states, TensorSignature outside) => (_states, Outside) = (states, outside);

    /// <summary>What is left of the graph's signature for clients.</summary>
    public TensorSignature Outside { get; }

    /// <summary>Names of the outputs that the next request begins with.</summary>
    public IEnumerable<string> OutputNames => _states.Select(s => s.Output);

    /// <summary>Bytes of the state of one row.</summary>
    public long BytesPerRow => _states.Sum(s => (ElementsOf(s.Input, 1) ?? TensorShapes.MaxElements) * s.Input.Datatype.ElementSize());

    /// <summary>Finds the tensors that a manifest names.</summary>
    /// <param name="signature">The graph's.</param>
    /// <param name="wiring">What comes out and goes back in.</param>
    /// <exception cref="ModelLoadException">The graph has no such tensors, or they do not fit together.</exception>
    public static StateTensors Of(TensorSignature signature, IReadOnlyList<StateWiring> wiring)
    {
        var states = wiring.Select(w => (Input(signature, w), w.Output)).ToList();
        var inputs = signature.Inputs.Where(i => states.TrueForAll(s => s.Item1.Name != i.Name)).ToList();
        var outputs = signature.Outputs.Where(o => states.TrueForAll(s => s.Output != o.Name)).ToList();
        return outputs.Count > 0
            ? new StateTensors(states, new TensorSignature(inputs, outputs))
            : throw new ModelLoadException("Every output is state, so that there is nothing to answer; leave out of \"state\" what is to be answered.");
    }

    /// <summary>Rows of a request: what axis 0 of its inputs says where that is free, else 1.</summary>
    /// <param name="inputs">In the order of <see cref="Outside"/>.</param>
    public long Rows(IReadOnlyList<Tensor> inputs)
    {
        for (var i = 0; i < inputs.Count; i++)
        {
            if (Outside.Inputs[i].Shape is [< 0, ..])
                return inputs[i].Shape[0];
        }

        return 1;
    }

    /// <summary>Bytes of the state of a request.</summary>
    /// <param name="rows">Its rows.</param>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.InvalidRequest"/>: more than one request may have.</exception>
    public long Bytes(long rows)
    {
        long bytes = 0;
        foreach (var (input, _) in _states)
        {
            // The caller chooses the number of rows, and rows without an element take no bytes of its body.
            if (ElementsOf(input, rows) * input.Datatype.ElementSize() is not { } size || size > (rows > 1 ? MaxTensorBytes : Array.MaxLength))
            {
                throw TensorFaults.OfInput(
                    input.Name,
                    $"would have the shape {TensorShapes.ToText(Shape(input, rows))}, which is more state than one request may have; "
                    + "send fewer rows on axis 0");
            }

            bytes += size;
        }

        return bytes;
    }

    /// <summary>What a sequence begins with. Check <see cref="Bytes"/> first.</summary>
    public IReadOnlyList<Tensor> Zeros(long rows) => [.. _states.Select(state =>
    {
        var shape = Shape(state.Input, rows);
        var bytes = TensorShapes.Elements(shape)!.Value * state.Input.Datatype.ElementSize();
        return new Tensor(state.Input.Name, state.Input.Datatype, shape, new byte[bytes]);
    })];

    /// <summary>Refuses a request whose number of rows differs from that of the state.</summary>
    /// <param name="state">The state of the sequence.</param>
    /// <param name="rows">Rows of the request.</param>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.InvalidRequest"/>.</exception>
    public void RefuseOtherRows(IReadOnlyList<Tensor> state, long rows)
    {
        for (var i = 0; i < state.Count; i++)
        {
            var expected = Shape(_states[i].Input, rows);
            if (!TensorShapes.AreEqual(state[i].Shape, expected))
            {
                var began = state[i].Shape.Where((size, axis) => size != expected[axis]).First();
                throw new ServingException(
                    ServingErrorCode.InvalidRequest,
                    $"the sequence began with {began} rows on axis 0, this request has {rows}; "
                    + "send as many, or begin again with \"sequence_start\": true");
            }
        }
    }

    /// <summary>A copy of what the next request begins with, from the outputs of a run.</summary>
    /// <exception cref="ServingException">An output is not of its input's shape.</exception>
    public IReadOnlyList<Tensor> Take(IReadOnlyList<Tensor> outputs, long rows) => [.. _states.Select(state =>
    {
        var output = outputs.First(o => o.Name == state.Output);
        return TensorShapes.AreEqual(output.Shape, Shape(state.Input, rows))
            ? new Tensor(state.Input.Name, output.Datatype, output.Shape, output.Data.ToArray())
            : throw new ServingException(
                ServingErrorCode.InferenceFailed,
                $"The model gave state \"{state.Output}\" the shape {TensorShapes.ToText(output.Shape)}, which \"{state.Input.Name}\" does not take.");
    })];

    private static TensorSpec Input(TensorSignature signature, StateWiring wiring)
    {
        var input = signature.Inputs.FirstOrDefault(i => i.Name == wiring.Input)
            ?? throw new ModelLoadException($"state names the input \"{wiring.Input}\"; the graph has {string.Join(", ", signature.Inputs)}.");
        var output = signature.Outputs.FirstOrDefault(o => o.Name == wiring.Output)
            ?? throw new ModelLoadException($"state names the output \"{wiring.Output}\"; the graph has {string.Join(", ", signature.Outputs)}.");
        if (input.Datatype != output.Datatype || input.Datatype == TensorDatatype.Bytes)
            throw new ModelLoadException($"state goes from {output} to {input}; both must be of the same datatype, and not BYTES.");
        // That one is the rows, which exports of recurrent layers have behind the layers.
        if (input.Shape is not { } shape || shape.Count(size => size < 0) > 1)
        {
            throw new ModelLoadException(
                $"state {input} must have a fixed size on every axis but one, that of the rows, so that a sequence can begin with zeros.");
        }

        return input;
    }

    private static long? ElementsOf(TensorSpec input, long rows) => TensorShapes.Elements(Shape(input, rows));

    private static long[] Shape(TensorSpec input, long rows) => [.. input.Shape!.Select(size => size < 0 ? rows : size)];
}
