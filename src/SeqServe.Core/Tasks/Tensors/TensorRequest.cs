using SeqServe.Core.Batching;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>Tensors for a graph.</summary>
/// <param name="Model">The model's name.</param>
/// <param name="Inputs">Any number; a graph needs one for each of its inputs.</param>
public sealed record TensorRequest(string Model, IReadOnlyList<Tensor> Inputs)
{
    /// <summary>The version, or null for the newest.</summary>
    public int? Version { get; init; }

    /// <summary>Names of the outputs asked for; empty for all.</summary>
    public IReadOnlyList<string> Outputs { get; init; } = [];

    /// <summary>What the protocol calls parameters; those that are not known here are ignored.</summary>
    public TensorParameters Parameters { get; init; } = TensorParameters.None;

    /// <summary>Time the caller gives for the answer, or null for any.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Most texts of a text model's input <see cref="TextInput.Name"/>.</summary>
    public int MaxTexts { get; init; } = int.MaxValue;

    /// <summary>Whom the sequence belongs to that the request begins or goes on with.</summary>
    public SequenceHolder Holder { get; init; } = SequenceHolder.Only;

    /// <summary>Whether it goes before or after others.</summary>
    public RowPriority Priority { get; init; } = RowPriority.Normal;
}
