namespace SeqServe.Core.Tensors;

/// <summary>What a graph takes and gives.</summary>
/// <param name="Inputs">All of its inputs; each is needed.</param>
/// <param name="Outputs">All of its outputs that are tensors.</param>
public sealed record TensorSignature(IReadOnlyList<TensorSpec> Inputs, IReadOnlyList<TensorSpec> Outputs);
