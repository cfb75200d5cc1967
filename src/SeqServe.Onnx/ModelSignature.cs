using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;

namespace SeqServe.Onnx;

/// <summary>Compares a graph's inputs and outputs with what its task needs.</summary>
internal static class ModelSignature
{
    /// <summary>Checks a graph.</summary>
    /// <exception cref="BackendException">It differs; every difference is named.</exception>
    public static void Check(InferenceSession session, string graph, IReadOnlyList<TensorContract> inputs, IReadOnlyList<TensorContract> outputs)
    {
        var faults = new List<string>();
        foreach (var input in inputs)
            Compare(session.InputMetadata, input, "input", faults);
        foreach (var output in outputs)
            Compare(session.OutputMetadata, output, "output", faults);
        foreach (var extra in session.InputMetadata.Keys.Except(inputs.Select(i => i.Name)))
            faults.Add($"input {extra} is not expected");
        if (faults.Count > 0)
            throw new BackendException($"{graph} is not a graph of this task: {string.Join("; ", faults)}. Expected inputs {string.Join(", ", inputs)}; outputs {string.Join(", ", outputs)}.");
    }

    private static void Compare(IReadOnlyDictionary<string, NodeMetadata> actual, TensorContract expected, string side, List<string> faults)
    {
        if (!actual.TryGetValue(expected.Name, out var found))
            faults.Add($"{side} {expected.Name} is missing (it has {string.Join(", ", actual.Keys)})");
        else if (!found.IsTensor || found.ElementDataType != expected.Type)
            faults.Add($"{side} {expected.Name} is {(found.IsTensor ? found.ElementDataType.ToString().ToLowerInvariant() : "no tensor")}, not {expected.Type.ToString().ToLowerInvariant()}");
        else if (found.Dimensions.Length != expected.Rank)
            faults.Add($"{side} {expected.Name} has {found.Dimensions.Length} axes, not {expected.Rank}");
    }
}
