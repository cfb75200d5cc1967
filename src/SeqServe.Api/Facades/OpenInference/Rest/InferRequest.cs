using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>The JSON part of a request: what it asks for, and its tensors as far as they are in it.</summary>
internal sealed class InferRequest
{
    /// <summary>The caller's name for the request, or null; echoed.</summary>
    public string? Id { get; set; }

    public TensorParameters Parameters { get; set; } = TensorParameters.None;

    public List<InferInput> Inputs { get; } = [];

    public List<InferOutput> Outputs { get; } = [];

    /// <summary>Whether outputs that do not say are sent as binary data.</summary>
    public bool BinaryOutputs { get; set; }

    /// <summary>Whether an output is sent as binary data.</summary>
    public bool IsBinary(string output) => Outputs.Find(o => o.Name == output)?.Binary ?? BinaryOutputs;
}

/// <summary>One input of a request: its description, then its elements, from the JSON or from the bytes after it.</summary>
internal sealed class InferInput
{
    public string? Name { get; set; }

    public TensorDatatype? Datatype { get; set; }

    public long[]? Shape { get; set; }

    /// <summary>Bytes of its elements after the JSON; null when they are in the JSON.</summary>
    public long? BinarySize { get; set; }

    /// <summary>Its elements, when they are in the JSON.</summary>
    public JsonElements? Elements { get; set; }

    /// <summary>Its name in messages.</summary>
    public string Label(int index) => Name is null ? $"inputs[{index}]" : TensorLabel.Of(Name);
}

/// <summary>An output that a request asks for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Binary">Whether it is sent as binary data; null when the request does not say.</param>
internal sealed record InferOutput(string Name, bool? Binary);
