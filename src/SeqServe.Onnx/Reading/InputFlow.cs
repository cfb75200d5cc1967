using System.Numerics;

namespace SeqServe.Onnx.Reading;

/// <summary>Which inputs of a graph reach each of its operators, so that a failure of one can be told by its inputs.</summary>
internal sealed class InputFlow
{
    // One bit each.
    private const int MostInputs = 64;

    private readonly string[] _inputs;
    private readonly Dictionary<(string Type, string Name), ulong> _operators = [];

    private InputFlow(string[] inputs) => _inputs = inputs;

    /// <summary>Follows the inputs of a graph; of one with a single input, or with very many, it knows nothing.</summary>
    public static InputFlow Of(GraphStructure graph)
    {
        var inputs = graph.Inputs.Select(static i => i.Name).Where(name => !graph.Constants.ContainsKey(name)).ToArray();
        var flow = new InputFlow(inputs);
        if (inputs.Length is < 2 or > MostInputs)
            return flow;
        var reached = new Dictionary<string, ulong>(StringComparer.Ordinal);
        for (var i = 0; i < inputs.Length; i++)
            reached[inputs[i]] = 1UL << i;
        foreach (var node in graph.Nodes)
            flow.Add(node, reached);
        return flow;
    }

    /// <summary>Names of the inputs that reach an operator; empty where that is not known, or it is all of them.</summary>
    /// <param name="type">The operator's type.</param>
    /// <param name="name">
    /// Its name; where it is empty, all without a name count. The runtime gives those that it fuses names of its own, which are not known.
    /// </param>
    public IReadOnlyList<string> InputsOf(string type, string name)
    {
        var mask = _operators.GetValueOrDefault((type, name));
        return BitOperations.PopCount(mask) == _inputs.Length ? [] : [.. _inputs.Where((_, i) => (mask & (1UL << i)) != 0)];
    }

    private void Add(GraphNode node, Dictionary<string, ulong> reached)
    {
        var mask = Read(node).Aggregate(0UL, (mask, name) => mask | reached.GetValueOrDefault(name));
        foreach (var output in node.Outputs)
            reached[output] = mask;
        Name(node, mask);
    }

    // What an operator of a branch or a body reads of the graph around it counts for the operator that holds it, and for all within.
    private static IEnumerable<string> Read(GraphNode node) =>
        node.Inputs.Concat(node.Attributes.Values.SelectMany(static a => a.Graphs).SelectMany(static graph => graph.Nodes).SelectMany(Read));

    private void Name(GraphNode node, ulong mask)
    {
        _operators[(node.Operator, node.Name)] = mask | _operators.GetValueOrDefault((node.Operator, node.Name));
        foreach (var inner in node.Attributes.Values.SelectMany(static a => a.Graphs).SelectMany(static graph => graph.Nodes))
            Name(inner, mask);
    }
}
