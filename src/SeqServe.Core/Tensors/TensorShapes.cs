namespace SeqServe.Core.Tensors;

/// <summary>Arithmetic on shapes.</summary>
public static class TensorShapes
{
    /// <summary>The limit of <see cref="Elements"/>: what one array can hold.</summary>
    public static long MaxElements => Array.MaxLength;

    /// <summary>
    /// The product of the axes, 1 for a scalar; null when an axis is negative or the product, axes of 0 left out, is above <see cref="MaxElements"/>.
    /// </summary>
    public static long? Elements(IReadOnlyList<long> shape)
    {
        long elements = 1;
        var isEmpty = false;
        for (var axis = 0; axis < shape.Count; axis++)
        {
            if (shape[axis] < 0)
                return null;
            if (shape[axis] == 0)
                isEmpty = true;
            else if (elements > MaxElements / shape[axis])
                return null;
            else
                elements *= shape[axis];
        }

        return isEmpty ? 0 : elements;
    }

    /// <summary>The shape as messages show it: <c>[2,-1]</c>; null, any shape, is <c>[…]</c>.</summary>
    public static string ToText(IReadOnlyList<long>? shape) => shape is null ? "[…]" : $"[{string.Join(',', shape)}]";

    /// <summary>Whether two shapes are equal.</summary>
    public static bool AreEqual(IReadOnlyList<long> one, IReadOnlyList<long> other)
    {
        if (one.Count != other.Count)
            return false;
        for (var axis = 0; axis < one.Count; axis++)
        {
            if (one[axis] != other[axis])
                return false;
        }

        return true;
    }
}
