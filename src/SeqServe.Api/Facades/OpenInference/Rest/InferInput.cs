using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>One input of a request: its description, then its elements, from the JSON or from the bytes behind it.</summary>
internal sealed class InferInput
{
    public string? Name { get; set; }

    public TensorDatatype? Datatype { get; set; }

    public long[]? Shape { get; set; }

    /// <summary>Bytes of its elements behind the JSON; null when they stand in the JSON.</summary>
    public long? BinarySize { get; set; }

    /// <summary>Its elements, when they stand in the JSON.</summary>
    public JsonElements? Elements { get; set; }

    /// <summary>How messages call it.</summary>
    public string Label(int index) => Name is null ? $"inputs[{index}]" : $"input \"{(Name.Length <= 64 ? Name : Name[..64] + "…")}\"";
}
