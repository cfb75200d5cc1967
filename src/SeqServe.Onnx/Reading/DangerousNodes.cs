using SeqServe.Core.Backends;

namespace SeqServe.Onnx.Reading;

/// <summary>
/// Operators on some inputs of which ONNX Runtime 1.31 ends the process, on the CPU, where others are an error: found by running each on empty tensors,
/// zeros, and the smallest numbers. Division by zero is an error.
/// </summary>
internal static class DangerousNodes
{
    private static readonly HashSet<string> s_emptied = new(StringComparer.Ordinal)
    {
        "RNN", "LSTM", "GRU", "Scan", "STFT", "DynamicQuantizeLSTM", "AttnLSTM", "GroupQueryAttention", "QAttention",
    };

    /// <summary>Whether an operator, by its type, may end the process when a tensor has no element.</summary>
    public static bool NeedsElements(string type) => s_emptied.Contains(type);

    /// <summary>Why a run of an operator may end the process though every input of the graph has elements; null when it cannot.</summary>
    public static string? Fault(NodeCall call)
    {
        var (node, fault) = (call.Node, (string?)null);
        switch (node.Title)
        {
            case "Div" or "Mod" when MayOverflow(call):
                fault = "divides whole numbers by what may be −1, and the smallest whole number divided by −1 ends the process";
                break;
            case "LSTM" or "com.microsoft.DynamicQuantizeLSTM" when RowsMayBeMissing(call[0], call.Number("layout", 0) == 1 ? 0 : 1):
            case "RNN" or "GRU" or "com.microsoft.AttnLSTM" when call[0].MayBeEmpty:
            case "com.microsoft.GroupQueryAttention" or "com.microsoft.QAttention" when RowsMayBeMissing(call[0], 0):
            case "Scan" when call.Given.Any(i => i.MayBeEmpty):
                fault = "may be given a tensor without elements, which ends the process";
                break;
            case "STFT" when !IsPositive(call.Find(3)) || call.Find(2)?.MayBeEmpty == true:
                fault = "may be given frames of no length, which ends the process";
                break;
        }

        return fault is null ? null : $"{node.Place} {fault}{Reach(call)}";
    }

    /// <summary>Divisions of one input of whole numbers by another: their values can be checked before a run.</summary>
    public static IReadOnlyList<InputDivision> Divisions(GraphStructure graph)
    {
        var whole = graph.Inputs.Where(i => i.Type is ElementType.Int32 or ElementType.Int64).Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        return [.. graph.Nodes
            .Where(node => node.Title is "Div" or "Mod" && node.Inputs.Count == 2 && node.Inputs.TrueForAll(whole.Contains))
            .Select(node => new InputDivision(node.Inputs[0], node.Inputs[1]))
            .Distinct()];
    }

    private static bool RowsMayBeMissing(TensorFacts facts, int axis) => facts.Axes is not { Count: > 2 } axes || axes[axis].Min < 1;

    private static bool IsPositive(TensorFacts? count) => count is null || (count.Elements is [var only] ? only : count.Numbers).Min > 0;

    // Narrower numbers are computed as 32 bits, which do not overflow.
    private static bool MayOverflow(NodeCall call)
    {
        if (call.Inputs.Count < 2 || (call.Node.Operator == "Mod" && call.Number("fmod", 0) == 1))
            return false;
        var (divided, divisor) = (call[0], call[1]);
        var type = ElementwiseRules.TypeOf([divided, divisor]);
        if (type is not (ElementType.Int32 or ElementType.Int64 or ElementType.Unknown) || divisor.IsFreeOfMinusOne)
            return false;
        var numbers = divisor.Elements?.ToArray() ?? [divisor.Numbers];
        return numbers.Any(n => n.Min <= -1 && n.Max >= -1) && divided.Numbers.Min <= ElementType.Range(type).Min;
    }

    private static string Reach(NodeCall call)
    {
        var sources = call.Given.Select(i => i.Sources).Aggregate<IReadOnlyList<string>, IReadOnlyList<string>>([], TensorFacts.Union);
        return sources.Count == 0 ? "" : $" (computed from {string.Join(", ", sources.Select(s => $"\"{s}\""))})";
    }
}
