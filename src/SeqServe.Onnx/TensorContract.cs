using Microsoft.ML.OnnxRuntime.Tensors;

namespace SeqServe.Onnx;

/// <summary>One input or output that a kind of graph must have.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type.</param>
/// <param name="Rank">Its number of axes.</param>
/// <param name="Shape">Its shape as people write it.</param>
internal sealed record TensorContract(string Name, TensorElementType Type, int Rank, string Shape)
{
    public override string ToString() => $"{Name} {Shape} {Type.ToString().ToLowerInvariant()}";
}
