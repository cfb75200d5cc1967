using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;
using SeqServe.Onnx.Contracts;

namespace SeqServe.Onnx.Tensors;

/// <summary>Reads what any graph takes and gives.</summary>
internal static class GraphSignature
{
    /// <summary>Reads the signature of a session's graph.</summary>
    /// <param name="session">The session.</param>
    /// <param name="file">Its file's name, for messages.</param>
    /// <param name="isShapeless">Whether a tensor's shape is not declared at all.</param>
    /// <exception cref="BackendException">An input is nothing that a client could send, or no output is a tensor.</exception>
    public static TensorSignature Read(InferenceSession session, string file, Func<string, bool> isShapeless)
    {
        var inputs = session.InputMetadata.Select(input => Spec(input.Key, input.Value, isShapeless) ?? throw new BackendException(
            $"{file}: input {input.Key} is {Kind(input.Value)}, which the Open Inference Protocol cannot carry; " +
            "export the model with tensors of numbers, truth values or strings."));
        // Maps and sequences, as exports of scikit-learn give beside their tensors, are left out.
        var outputs = session.OutputMetadata.Select(output => Spec(output.Key, output.Value, isShapeless)).OfType<TensorSpec>();
        var signature = new TensorSignature([.. inputs], [.. outputs]);
        return signature.Outputs.Count > 0
            ? signature
            : throw new BackendException($"{file}: no output is a tensor of a datatype that the Open Inference Protocol can carry.");
    }

    private static TensorSpec? Spec(string name, NodeMetadata node, Func<string, bool> isShapeless) =>
        node.IsTensor && node.ElementDataType.ToDatatype() is { } datatype
            ? new TensorSpec(name, datatype, isShapeless(name) ? null : [.. node.Dimensions.Select(d => d < 0 ? -1L : d)])
            : null;

    private static string Kind(NodeMetadata node) => node.IsTensor ? $"a tensor of {node.ElementDataType.ToString().ToLowerInvariant()}" : "no tensor";
}
