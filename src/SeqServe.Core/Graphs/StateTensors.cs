using SeqServe.Core.Backends;
using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>The tensors of a graph that go from one request of a sequence to its next, and so neither come from clients nor go to them.</summary>
public sealed class StateTensors
{
    // Of a request with several rows: as large as its body may be by default.
    private const long MaxBytes = 64L << 20;

    private readonly IReadOnlyList<(TensorSpec Input, string Output)> _states;

    private StateTensors(IReadOnlyList<(TensorSpec Input, string Output)> states, TensorSignature outside) => (_states, Outside) = (states, outside);

    /// <summary>What is left of the graph's signature for clients.</summary>
    public TensorSignature Outside { get; }

    /// <summary>Names of the outputs that the next request begins with.</summary>
    public IEnumerable<string> OutputNames => _states.Select(s => s.Output);

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
            : throw new ModelLoadException("Every output is state, so that there is nothing to answer; leave out of \"state\" what clients want.");
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

    /// <summary>What a sequence begins with.</summary>
    public IReadOnlyList<Tensor> Zeros(long rows) => [.. _states.Select(s => Zero(s.Input, rows))];

    /// <summary>A copy of what the next request begins with, from the outputs of a run.</summary>
    /// <exception cref="ServingException">An output is not of its input's shape.</exception>
    public IReadOnlyList<Tensor> Take(IReadOnlyList<Tensor> outputs, long rows) => [.. _states.Select(state =>
    {
        var output = outputs.First(o => o.Name == state.Output);
        return TensorShapes.AreEqual(output.Shape, Shape(state.Input, rows))
            ? new Tensor(state.Input.Name, output.Datatype, output.Shape, output.Data.ToArray())
            : throw new ServingException(ServingErrorCode.InferenceFailed, $"The model gave state \"{state.Output}\" the shape {TensorShapes.ToText(output.Shape)}, which \"{state.Input.Name}\" does not take.");
    })];

    private static TensorSpec Input(TensorSignature signature, StateWiring wiring)
    {
        var input = signature.Inputs.FirstOrDefault(i => i.Name == wiring.Input)
            ?? throw new ModelLoadException($"state names the input \"{wiring.Input}\"; the graph has {string.Join(", ", signature.Inputs)}.");
        var output = signature.Outputs.FirstOrDefault(o => o.Name == wiring.Output)
            ?? throw new ModelLoadException($"state names the output \"{wiring.Output}\"; the graph has {string.Join(", ", signature.Outputs)}.");
        if (input.Datatype != output.Datatype || input.Datatype == TensorDatatype.Bytes)
            throw new ModelLoadException($"state goes from {output} to {input}; both must be of the same datatype, and not BYTES.");
        if (input.Shape is not { } shape || shape.Skip(1).Any(size => size < 0))
            throw new ModelLoadException($"state {input} must have a fixed size on every axis but the first, so that a sequence can begin with zeros.");
        return input;
    }

    private static long[] Shape(TensorSpec input, long rows) => [.. input.Shape!.Select(size => size < 0 ? rows : size)];

    private static Tensor Zero(TensorSpec input, long rows)
    {
        var shape = Shape(input, rows);
        var bytes = TensorShapes.Elements(shape) * input.Datatype.ElementSize();
        // The number of rows is the caller's, and rows without an element cost him nothing.
        return bytes <= (rows > 1 ? MaxBytes : Array.MaxLength)
            ? new Tensor(input.Name, input.Datatype, shape, new byte[bytes.Value])
            : throw TensorFaults.OfInput(input.Name, $"would have the shape {TensorShapes.ToText(shape)}, which is more state than is kept; send fewer rows on axis 0");
    }
}
