namespace SeqServe.Onnx.Reading;

/// <summary>
/// Reads a graph as it would run, with what is known of every tensor in place of its elements: which operators could end the process, and whether each row
/// of the outputs is computed from its own row of the inputs. What is not known is taken for the worst.
/// </summary>
internal sealed class GraphReading
{
    // Functions of functions of functions are no larger when they are written out, but their reading is.
    private const int MostNodes = 1 << 18;
    private const int MostNested = 40;

    private readonly Dictionary<(string Domain, string Name), GraphFunction> _functions = [];
    private readonly int _opset;
    private int _nodes;

    private GraphReading(IReadOnlyList<GraphFunction> functions, int opset)
    {
        _opset = opset;
        foreach (var function in functions)
            _functions[(function.Domain, function.Name)] = function;
    }

    /// <summary>Why a run may end the process although every input has elements; null when none can.</summary>
    public string? Hazard { get; private set; }

    /// <summary>Why rows must not share a run; null where none depends on another.</summary>
    public Mix? Mixes { get; private set; }

    /// <summary>Reads a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="functions">The functions of its file.</param>
    /// <param name="opset">The version of ONNX's own operators; 0 when it is not known.</param>
    /// <param name="emptied">Inputs whose free axes may have no element; of all others each has.</param>
    public static GraphReading Of(GraphStructure graph, IReadOnlyList<GraphFunction> functions, int opset, params IReadOnlyCollection<string> emptied)
    {
        var reading = new GraphReading(functions, opset);
        var inputs = new Dictionary<string, TensorFacts>(StringComparer.Ordinal);
        foreach (var input in graph.Inputs)
            inputs[input.Name] = Sent(input, emptied.Contains(input.Name) ? 0 : 1);
        // Maps and sequences are no outputs that a client can ask for.
        var outputs = reading.Run(graph, inputs, [], depth: 0).Where((_, i) => graph.Outputs[i].Type != ElementType.Unknown).ToList();
        reading.Mixes ??= Mix.Surest(outputs.Select(o => o.Mixed))
            ?? (outputs.Any(o => o.RowAxis != 0) ? new("An output has no rows along axis 0, as far as the graph tells", IsDoubt: true) : null);
        return reading;
    }

    private static TensorFacts Sent(GraphValue input, long least)
    {
        // Sizes that the graph fixes are checked before a run.
        Quantity Axis(long size, int axis) => size < 0 ? new Quantity(least, long.MaxValue, CountsRows: axis == 0) : Quantity.Of(size);
        var axes = input.Shape?.Take(TensorFacts.MostAxes + 1).Select(Axis).ToArray();
        return new()
        {
            Type = input.Type,
            Axes = axes?.Length <= TensorFacts.MostAxes ? axes : null,
            Range = ElementType.Range(input.Type),
            Sources = [input.Name],
            HoldsRows = true,
            // A state may have its rows along another axis.
            Mixed = axes is [{ CountsRows: true }, ..] ? null : new Mix($"Input \"{input.Name}\" has no free axis 0 for rows", IsDoubt: true),
        };
    }

    private IReadOnlyList<TensorFacts> Run(
        GraphStructure graph, Dictionary<string, TensorFacts> scope, IReadOnlyList<Dictionary<string, TensorFacts>> outer, int depth)
    {
        foreach (var constant in graph.Constants.Values)
            scope[constant.Name] = TensorFacts.Of(constant);
        IReadOnlyList<Dictionary<string, TensorFacts>> scopes = [scope, .. outer];
        foreach (var node in graph.Nodes)
        {
            if (++_nodes > MostNodes)
            {
                Hazard ??= $"The graph runs more than {MostNodes} operators, functions written out, which is more than are read";
                Mixes ??= new("The graph has more operators than are read", IsDoubt: true);
                break;
            }

            var inputs = node.Inputs.Select(name => name.Length == 0 ? null : Find(name, scopes) ?? TensorFacts.Unknown).ToList();
            var outputs = Run(node, inputs, scopes, depth);
            for (var i = 0; i < node.Outputs.Count; i++)
                scope[node.Outputs[i]] = i < outputs.Count ? outputs[i] : TensorFacts.Unknown;
        }

        return [.. graph.Outputs.Select(output => Find(output.Name, scopes) ?? TensorFacts.Unknown)];
    }

    private static TensorFacts? Find(string name, IReadOnlyList<Dictionary<string, TensorFacts>> scopes)
    {
        foreach (var scope in scopes)
        {
            if (scope.TryGetValue(name, out var facts))
                return facts;
        }

        return null;
    }

    private IReadOnlyList<TensorFacts> Run(
        GraphNode node, IReadOnlyList<TensorFacts?> inputs, IReadOnlyList<Dictionary<string, TensorFacts>> scopes, int depth)
    {
        var call = new NodeCall(node, inputs, _opset);
        if (depth < MostNested && Function(node) is { } function)
            return Run(function, inputs, depth);
        Hazard ??= DangerousNodes.Fault(call);
        var graphs = node.Attributes.Values.SelectMany(a => a.Graphs).ToList();
        var outcome = graphs.Count > 0 ? Branches(call, graphs, scopes, depth) : Follow(call);
        return RowFlow.Apply(call, outcome);
    }

    private static Outcome Follow(NodeCall call)
    {
        try
        {
            return OperatorRules.Find(call.Node)?.Invoke(call) ?? Unknown(call);
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or InvalidOperationException or OverflowException)
        {
            // An operator that is not written as ONNX says, of which the runtime tells when it opens the graph.
            return Unknown(call);
        }
    }

    private GraphFunction? Function(GraphNode node) =>
        _functions.GetValueOrDefault((node.Domain, node.Operator)) ?? (node.Domain == "ai.onnx" ? _functions.GetValueOrDefault(("", node.Operator)) : null);

    private IReadOnlyList<TensorFacts> Run(GraphFunction function, IReadOnlyList<TensorFacts?> inputs, int depth)
    {
        var scope = new Dictionary<string, TensorFacts>(StringComparer.Ordinal);
        for (var i = 0; i < function.Inputs.Count && i < inputs.Count; i++)
        {
            if (inputs[i] is { } facts)
                scope[function.Inputs[i]] = facts;
        }

        Run(function.Body, scope, [], depth + 1);
        return [.. function.Outputs.Select(name => scope.GetValueOrDefault(name, TensorFacts.Unknown))];
    }

    // A branch takes nothing; a body takes what goes round, of which its first round says little.
    private Outcome Branches(NodeCall call, List<GraphStructure> graphs, IReadOnlyList<Dictionary<string, TensorFacts>> scopes, int depth)
    {
        if (depth >= MostNested)
        {
            Hazard ??= $"{call.Node.Place} lies deeper than {MostNested} branches, which is deeper than is read";
            return Unknown(call);
        }

        var sources = call.Given.Select(i => i.Sources).Aggregate<IReadOnlyList<string>, IReadOnlyList<string>>([], TensorFacts.Union);
        var holdsRows = call.Given.Any(i => i.HoldsRows || i.Mixed is not null);
        var results = new List<IReadOnlyList<TensorFacts>>();
        foreach (var graph in graphs)
        {
            var scope = new Dictionary<string, TensorFacts>(StringComparer.Ordinal);
            foreach (var input in graph.Inputs)
                scope[input.Name] = new TensorFacts { Type = input.Type, Sources = sources, HoldsRows = holdsRows };
            results.Add(Run(graph, scope, scopes, depth + 1));
        }

        if (call.Node.Title == "If" && !holdsRows && results is [var yes, var no] && yes.Count == no.Count)
            return Outcome.Of([.. yes.Zip(no, TensorFacts.Either)]);
        var isOfRows = holdsRows || results.Exists(r => r.Any(f => f.HoldsRows || f.Mixed is not null || f.CountsRows || f.RowAxis is not null));
        var outputs = call.Node.Outputs.Select(_ => new TensorFacts
        {
            Sources = sources,
            Mixed = isOfRows ? new($"{call.Node.Place} computes rows in a branch or a loop, where they are not followed", IsDoubt: true) : null,
        });
        return Outcome.Of([.. outputs]);
    }

    private static Outcome Unknown(NodeCall call) =>
        new(call.Unfollowed().Outputs, new($"{call.Node.Place} is an operator of which it is not known what it computes a row from", IsDoubt: true));
}
