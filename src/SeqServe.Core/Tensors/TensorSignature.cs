namespace SeqServe.Core.Tensors;

/// <summary>What a graph takes and gives.</summary>
/// <param name="Inputs">All of its inputs; each is needed.</param>
/// <param name="Outputs">All of its outputs that are tensors.</param>
public sealed record TensorSignature(IReadOnlyList<TensorSpec> Inputs, IReadOnlyList<TensorSpec> Outputs);

/// <summary>What a graph declares of an input or an output.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Datatype">What its elements are.</param>
/// <param name="Shape">Sizes of its axes, -1 where any will do; null when not even the number of axes is declared.</param>
public sealed record TensorSpec(string Name, TensorDatatype Datatype, IReadOnlyList<long>? Shape)
{
    /// <summary>Whether a tensor of this shape is what is declared.</summary>
    public bool Takes(IReadOnlyList<long> shape)
    {
        if (Shape is null)
            return true;
        if (Shape.Count != shape.Count)
            return false;
        for (var axis = 0; axis < shape.Count; axis++)
        {
            if (Shape[axis] >= 0 && Shape[axis] != shape[axis])
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {TensorShapes.ToText(Shape)} {Datatype.ToName()}";
}
