using System.Globalization;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>A graph of a loaded model for callers that bring tensors: its signature, what its inputs must hold, and the queue in front of it.</summary>
public sealed class TensorGraph
{
    private readonly HashSet<string> _filled;
    private readonly long _maxElements;
    private readonly IReadOnlyList<InputDivision> _divisions;
    private readonly Action<IReadOnlyList<Tensor>>? _guard;

    /// <param name="role">What the manifest calls it.</param>
    /// <param name="backend">The graph; owned by the caller.</param>
    /// <param name="batcher">Its queue; owned by the caller.</param>
    /// <param name="state">What goes from one request of a sequence to its next; null for a graph without.</param>
    /// <param name="sequences">The sequences; owned by the caller; null for a graph without state.</param>
    /// <param name="maxElements">Most elements of a request's inputs.</param>
    /// <param name="guard">Throws a <see cref="ServingException"/> when the graph cannot take the values of the inputs; or null.</param>
    internal TensorGraph(
        string role,
        ITensorBackend backend,
        DynamicBatcher<TensorRow> batcher,
        long maxElements,
        Action<IReadOnlyList<Tensor>>? guard,
        StateTensors? state = null,
        TensorSequences? sequences = null)
    {
        Role = role;
        Signature = state?.Outside ?? backend.Signature;
        State = state;
        Sequences = sequences;
        Batcher = batcher;
        _filled = [.. backend.Signature.Inputs.Where(backend.NeedsElements).Select(i => i.Name)];
        _maxElements = maxElements;
        // What clients do not send, such as a state, is not theirs to divide by.
        var sent = Signature.Inputs.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        _divisions = [.. backend.Divisions.Where(d => sent.Contains(d.Dividend) && sent.Contains(d.Divisor))];
        _guard = guard;
    }

    /// <summary>What the manifest calls it: <c>model</c>, <c>score</c>, <c>encoder</c>, <c>decoder</c>.</summary>
    public string Role { get; }

    /// <summary>What its tensors are for its task; null for a graph of which only its callers know.</summary>
    public GraphRole? Parts { get; init; }

    /// <summary>Names of its tensors by the parts that they play.</summary>
    public IReadOnlyDictionary<string, string> PartNames(GraphSide side)
    {
        var has = (side == GraphSide.Input ? Signature.Inputs : Signature.Outputs).Select(static tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        return (Parts?.Parts(side) ?? []).Where(part => has.Contains(part.Name)).ToDictionary(static part => part.Part, static part => part.Name);
    }

    /// <summary>What goes from one request of a sequence to its next; null for a graph without.</summary>
    public StateTensors? State { get; }

    /// <summary>The sequences; null for a graph without state.</summary>
    public TensorSequences? Sequences { get; }

    /// <summary>What it takes from clients and gives them.</summary>
    public TensorSignature Signature { get; }

    /// <summary>The queue in front of it.</summary>
    public DynamicBatcher<TensorRow> Batcher { get; }

    /// <summary>Refuses values on which a run would fail, give a meaningless result or end the process.</summary>
    /// <param name="inputs">One for each input of the signature, in its order, each of its datatype and of a shape it takes.</param>
    /// <exception cref="ServingException"><see cref="ServingErrorCode.InvalidRequest"/>.</exception>
    public void Check(IReadOnlyList<Tensor> inputs)
    {
        long elements = 0;
        foreach (var input in inputs)
        {
            // Axes of size 0 take no memory of the request and may take any of the run.
            elements += RoomOf(input.Shape);
            if (elements > _maxElements)
            {
                throw TensorFaults.Of(
                    input,
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"with the shape {TensorShapes.ToText(input.Shape)} the inputs have {elements} elements (axes of size 0 count as 1), "
                        + $"the limit is {_maxElements}; send fewer rows in one request"));
            }

            if (input.Elements == 0 && _filled.Contains(input.Name))
            {
                throw TensorFaults.Of(
                    input,
                    $"the shape {TensorShapes.ToText(input.Shape)} holds no element, which this recurrent graph cannot take; "
                    + "leave the request out when there is nothing to compute");
            }

            if (input.Datatype == TensorDatatype.Bool && input.Data.Span.IndexOfAnyExceptInRange((byte)0, (byte)1) is >= 0 and var index)
                throw TensorFaults.Of(input, $"element {index} is the byte {input.Data.Span[index]}; truth values are 0 or 1");
        }

        foreach (var division in _divisions)
            DivisionGuard.Check(division, inputs);
        _guard?.Invoke(inputs);
    }

    private static long RoomOf(IReadOnlyList<long> shape)
    {
        long room = 1;
        for (var axis = 0; axis < shape.Count; axis++)
        {
            var size = Math.Max(1, shape[axis]);
            if (room > TensorShapes.MaxElements / size)
                return TensorShapes.MaxElements;
            room *= size;
        }

        return room;
    }
}
