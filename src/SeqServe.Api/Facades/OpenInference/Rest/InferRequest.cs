using SeqServe.Core.Tasks.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>The JSON part of a request: what it asks for, and its tensors as far as they stand in it.</summary>
internal sealed class InferRequest
{
    /// <summary>The caller's name for the request, or null; echoed.</summary>
    public string? Id { get; set; }

    public TensorParameters Parameters { get; set; } = TensorParameters.None;

    public List<InferInput> Inputs { get; } = [];

    public List<InferOutput> Outputs { get; } = [];

    /// <summary>Whether outputs that do not say are wanted as binary data.</summary>
    public bool BinaryOutputs { get; set; }

    /// <summary>Whether an output is wanted as binary data.</summary>
    public bool IsBinary(string output) => Outputs.Find(o => o.Name == output)?.Binary ?? BinaryOutputs;
}
