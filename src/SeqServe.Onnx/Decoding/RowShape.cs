using SeqServe.Core.Backends;
using SeqServe.Onnx.Contracts;

namespace SeqServe.Onnx.Decoding;

/// <summary>
/// The shape of one row of a tensor whose axis 0 is the batch: all axes are fixed but for at most one, the extent (tokens of a source or of a cache).
/// A row is <c>[outer, extent, inner]</c> with the axes before and behind the extent multiplied together.
/// </summary>
/// <param name="Name">The tensor's name in the graph.</param>
/// <param name="Dimensions">Its axes as the graph has them; -1 for the batch and the extent.</param>
/// <param name="ExtentAxis">The axis that varies, or -1.</param>
internal sealed record RowShape(string Name, int[] Dimensions, int ExtentAxis)
{
    /// <summary>Product of the axes before the extent; 1 without one.</summary>
    public int Outer { get; } = ExtentAxis < 0 ? 1 : Product(Dimensions, 1, ExtentAxis);

    /// <summary>Product of the axes behind the extent, or of all.</summary>
    public int Inner { get; } = Product(Dimensions, ExtentAxis < 0 ? 1 : ExtentAxis + 1, Dimensions.Length);

    /// <summary>Reads the shape of an input.</summary>
    /// <exception cref="BackendException">More than one axis beside the batch varies, or one does where none may.</exception>
    public static RowShape OfInput(OpenGraph graph, string name, bool mayVary)
    {
        var dimensions = graph.Inputs[name].Dimensions;
        var axis = -1;
        for (var i = 1; i < dimensions.Length; i++)
        {
            if (dimensions[i] > 0)
                continue;
            if (axis >= 0 || !mayVary)
            {
                var free = mayVary ? "the batch and one more" : "the batch";
                var axes = string.Join(",", dimensions);
                throw new BackendException($"{graph.File}: input {name} has axes [{axes}]; export it with every axis fixed but {free}.");
            }

            axis = i;
        }

        return new RowShape(name, dimensions, axis);
    }

    /// <summary>Axes of so many rows.</summary>
    public long[] Of(int rows, int extent)
    {
        var shape = new long[Dimensions.Length];
        for (var i = 1; i < shape.Length; i++)
            shape[i] = i == ExtentAxis ? extent : Dimensions[i];
        shape[0] = rows;
        return shape;
    }

    private static int Product(int[] dimensions, int from, int to)
    {
        var product = 1;
        for (var i = from; i < to; i++)
            product *= dimensions[i];
        return product;
    }
}
