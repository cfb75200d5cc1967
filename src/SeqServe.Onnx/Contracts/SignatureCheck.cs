using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;

namespace SeqServe.Onnx.Contracts;

/// <summary>Compares a graph's inputs and outputs with what its role needs.</summary>
internal static class SignatureCheck
{
    /// <summary>Checks a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="inputs">Every input that it must have; others it may not.</param>
    /// <param name="outputs">The outputs that it must have.</param>
    /// <exception cref="BackendException">It differs; every difference is named.</exception>
    public static void Run(OpenGraph graph, IReadOnlyList<GraphPart> inputs, IReadOnlyList<GraphPart> outputs)
    {
        var faults = new List<string>();
        var named = graph.Role.Inputs.Where(part => part.IsNamed && !inputs.Contains(part) && !graph.Inputs.ContainsKey(part.Name));
        Compare(graph.Inputs, [.. inputs, .. named], "input", faults);
        Compare(graph.Outputs, outputs, "output", faults);
        foreach (var extra in graph.Inputs.Keys.Except(inputs.Select(i => i.Name)))
            faults.Add($"input {extra} is not expected");
        if (faults.Count == 0)
            return;
        var expected = $"inputs {string.Join(", ", inputs.Select(Describe))}; outputs {string.Join(", ", outputs.Select(Describe))}";
        throw new BackendException(
            $"{graph.File} is not a graph of this task: {string.Join("; ", faults)}. Expected {expected}; export it so, or name its tensors in model.json.");
    }

    private static void Compare(IReadOnlyDictionary<string, NodeMetadata> actual, IReadOnlyList<GraphPart> expected, string side, List<string> faults)
    {
        foreach (var part in expected)
        {
            var name = $"{side} {part.Name}";
            if (!actual.TryGetValue(part.Name, out var found))
                faults.Add($"{name} is missing (it has {string.Join(", ", actual.Keys)}{OtherNames(part)})");
            else if (!found.IsTensor || !part.OtherTypes.Prepend(part.Type).Any(type => type.ToElementType() == found.ElementDataType))
                faults.Add($"{name} is {(found.IsTensor ? found.ElementDataType.ToString().ToLowerInvariant() : "no tensor")}, not {TypeOf(part)}");
            else if (!part.Takes(found.Dimensions.Length))
                faults.Add($"{name} has {found.Dimensions.Length} axes, not {string.Join(" or ", part.OtherShapes.Prepend(part.Shape))}");
        }

        foreach (var twice in expected.GroupBy(part => part.Name, StringComparer.Ordinal).Where(same => same.Count() > 1))
            faults.Add($"{side} {twice.Key} is given {twice.Count()} parts by the manifest");
    }

    private static string OtherNames(GraphPart part) =>
        part.OtherNames.Count == 0 || part.IsNamed ? "" : $"; {string.Join(" or ", part.OtherNames)} would do too";

    private static string Describe(GraphPart part) => $"{part.Name} {part.Shape} {TypeOf(part)}";

    private static string TypeOf(GraphPart part) => part.Type.ToElementType().ToString().ToLowerInvariant();
}
