using System.Runtime.InteropServices;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>Compares one row of two runs.</summary>
internal static class RowsAgree
{
    // Kernels sum in another order for another batch size; a scale taken over the batch changes a result by about 1e-2.
    private const double Tolerance = 1e-4;
    private const double HalfTolerance = 4e-3;
    private const double BrainTolerance = 3e-2;

    /// <summary>Whether a row is what it was alone, but for the order in which a kernel sums.</summary>
    /// <param name="alone">The outputs of a run of one row.</param>
    /// <param name="batch">The outputs of a run of several.</param>
    /// <param name="row">The index of the row.</param>
    /// <param name="rows">How many there are.</param>
    public static bool Nearly(TensorOutputs alone, TensorOutputs batch, int row, int rows)
    {
        for (var i = 0; i < alone.Tensors.Count; i++)
        {
            var (one, many) = (alone.Tensors[i], batch.Tensors[i]);
            if (one.Shape.Count == 0 || one.Shape[0] != 1 || !TensorShapes.AreEqual([rows, .. one.Shape.Skip(1)], many.Shape) || !Nearly(one, many, row))
                return false;
        }

        return true;
    }

    /// <summary>Whether a row is the same in two runs of as many rows, to the bit. What is no number equals every other that is none.</summary>
    public static bool Exactly(TensorOutputs first, TensorOutputs second, int row, int rows)
    {
        for (var i = 0; i < first.Tensors.Count; i++)
        {
            var (one, other) = (first.Tensors[i], second.Tensors[i]);
            if (!TensorShapes.AreEqual(one.Shape, other.Shape) || one.Shape.Count == 0 || one.Shape[0] != rows || !Exactly(one, other, row, rows))
                return false;
        }

        return true;
    }

    private static bool Exactly(Tensor one, Tensor other, int row, int rows)
    {
        if (one.Datatype == TensorDatatype.Bytes)
        {
            var count = one.Strings.Count / rows;
            return Enumerable.Range(row * count, count).All(i => one.Strings[i].Span.SequenceEqual(other.Strings[i].Span));
        }

        var size = one.Data.Length / rows;
        var expected = one.Data.Span.Slice(row * size, size);
        var actual = other.Data.Span.Slice(row * size, size);
        return expected.SequenceEqual(actual) || (IsReal(one.Datatype) && AreWithin(one.Datatype, expected, actual, tolerance: 0));
    }

    private static bool Nearly(Tensor one, Tensor many, int row)
    {
        if (one.Datatype == TensorDatatype.Bytes)
        {
            var first = row * one.Strings.Count;
            return one.Strings.Select((s, i) => s.Span.SequenceEqual(many.Strings[first + i].Span)).All(equal => equal);
        }

        var expected = one.Data.Span;
        var actual = many.Data.Span.Slice(row * expected.Length, expected.Length);
        return one.Datatype switch
        {
            TensorDatatype.Fp32 or TensorDatatype.Fp64 => AreWithin(one.Datatype, expected, actual, Tolerance),
            TensorDatatype.Fp16 => AreWithin(one.Datatype, expected, actual, HalfTolerance),
            TensorDatatype.Bf16 => AreWithin(one.Datatype, expected, actual, BrainTolerance),
            _ => expected.SequenceEqual(actual),
        };
    }

    // By no more than the tolerance, which is relative to values beyond 1.
    private static bool AreWithin(TensorDatatype datatype, ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual, double tolerance)
    {
        var (one, other) = (Reals(datatype, expected), Reals(datatype, actual));
        var largest = 1.0;
        foreach (var value in one)
            largest = double.IsFinite(value) ? Math.Max(largest, Math.Abs(value)) : largest;
        for (var i = 0; i < one.Length; i++)
        {
            var isSame = one[i].Equals(other[i]) || Math.Abs(one[i] - other[i]) <= tolerance * largest;
            if (!isSame)
                return false;
        }

        return true;
    }

    private static bool IsReal(TensorDatatype datatype) => datatype is TensorDatatype.Fp16 or TensorDatatype.Bf16 or TensorDatatype.Fp32 or TensorDatatype.Fp64;

    private static double[] Reals(TensorDatatype datatype, ReadOnlySpan<byte> data) => datatype switch
    {
        TensorDatatype.Fp64 => MemoryMarshal.Cast<byte, double>(data).ToArray(),
        TensorDatatype.Fp32 => [.. MemoryMarshal.Cast<byte, float>(data).ToArray().Select(v => (double)v)],
        TensorDatatype.Fp16 => [.. MemoryMarshal.Cast<byte, Half>(data).ToArray().Select(v => (double)v)],
        _ => [.. MemoryMarshal.Cast<byte, ushort>(data).ToArray().Select(v => (double)BitConverter.UInt32BitsToSingle((uint)v << 16))],
    };
}
