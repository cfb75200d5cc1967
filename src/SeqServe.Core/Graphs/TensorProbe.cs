using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>
/// Finds out at load whether requests may share a run of a graph: runs a row alone and in a batch with larger values, and compares. The values are guesses;
/// a graph that does not take them is run one request at a time. The first run is also the warm-up.
/// </summary>
internal static class TensorProbe
{
    // Kernels sum in another order for another batch size; a scale taken over the batch changes a result by about 1e-2.
    private const float Tolerance = 1e-4f;

    // Size of an axis that may have any. All get the same one, since axes of one name must agree.
    private const int FreeAxis = 3;

    // Beyond this a row costs more than a batch could save.
    private const long MaxElements = 1 << 22;

    // How much larger the values of the other rows are, so that a scale taken over the batch shows.
    private const float OtherRowsScale = 8;

    /// <summary>Whether every row of axis 0 is computed from itself alone.</summary>
    public static bool RowsAreIndependent(ITensorBackend backend)
    {
        var signature = backend.Signature;
        var outputs = signature.Outputs.Select(o => o.Name).ToList();
        if (!signature.Inputs.Concat(signature.Outputs).All(HasFreeRows) || signature.Inputs.Count == 0)
        {
            WarmUp(backend, outputs);
            return false;
        }

        if (signature.Inputs.Any(i => ShapeOf(i, 1) is not { } shape || TensorShapes.Elements(shape) > MaxElements))
            return false;
        try
        {
            using var alone = backend.Run(Inputs(signature, [0]), outputs);
            using var first = backend.Run(Inputs(signature, [0, 1, 2]), outputs);
            using var second = backend.Run(Inputs(signature, [3, 0]), outputs);
            return Agree(alone, first, 0, 3) && Agree(alone, second, 1, 2);
        }
        catch (BackendException)
        {
            return false;
        }
    }

    private static void WarmUp(ITensorBackend backend, List<string> outputs)
    {
        var signature = backend.Signature;
        if (signature.Inputs.Any(i => i.Shape is null || TensorShapes.Elements(ShapeOf(i, 1)!) is not <= MaxElements))
            return;
        try
        {
            backend.Run([.. signature.Inputs.Select(i => Input(i, ShapeOf(i, 1)!, [0]))], outputs).Dispose();
        }
        catch (BackendException)
        {
            // It is not known which values the graph takes.
        }
    }

    private static bool HasFreeRows(TensorSpec spec) => spec.Shape is { Count: > 0 } shape && shape[0] < 0;

    private static long[]? ShapeOf(TensorSpec spec, int rows) =>
        spec.Shape is null ? null : [.. spec.Shape.Select((size, axis) => size >= 0 ? size : axis == 0 ? rows : FreeAxis)];

    private static List<Tensor> Inputs(TensorSignature signature, int[] seeds) =>
        [.. signature.Inputs.Select(input => Input(input, ShapeOf(input, seeds.Length)!, seeds))];

    private static Tensor Input(TensorSpec spec, long[] shape, int[] seeds)
    {
        var elements = (int)TensorShapes.Elements(shape)!.Value;
        var each = elements / seeds.Length;
        int Seed(int element) => seeds[Math.Min(seeds.Length - 1, each == 0 ? 0 : element / each)];
        if (spec.Datatype == TensorDatatype.Bytes)
        {
            var texts = Enumerable.Range(0, elements).Select(i => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes($"text {Seed(i)} {i % Math.Max(1, each)}"));
            return new Tensor(spec.Name, shape, [.. texts]);
        }

        var size = spec.Datatype.ElementSize();
        var data = new byte[elements * size];
        for (var i = 0; i < elements; i++)
            Write(spec.Datatype, Seed(i), i % Math.Max(1, each), data.AsSpan(i * size, size));
        return new Tensor(spec.Name, spec.Datatype, shape, data);
    }

    // Whole numbers are 1 or 2: token ids, lengths and positions that almost any graph takes.
    private static void Write(TensorDatatype datatype, int seed, int index, Span<byte> element)
    {
        var hash = (uint)((seed * 7919) + index + 1) * 2_654_435_769;
        var real = ((hash >> 8) / (float)(1 << 24)) - 0.5f;
        real = seed == 0 ? real : real * OtherRowsScale;
        switch (datatype)
        {
            case TensorDatatype.Bool:
                element[0] = (byte)(hash >> 31);
                break;
            case TensorDatatype.Fp16:
                BinaryPrimitives.WriteHalfLittleEndian(element, (Half)real);
                break;
            case TensorDatatype.Bf16:
                BinaryPrimitives.WriteUInt16LittleEndian(element, (ushort)(BitConverter.SingleToUInt32Bits(real) >> 16));
                break;
            case TensorDatatype.Fp32:
                BinaryPrimitives.WriteSingleLittleEndian(element, real);
                break;
            case TensorDatatype.Fp64:
                BinaryPrimitives.WriteDoubleLittleEndian(element, real);
                break;
            default:
                element[0] = (byte)(1 + (hash >> 31));
                break;
        }
    }

    private static bool Agree(TensorOutputs alone, TensorOutputs batch, int row, int rows)
    {
        for (var i = 0; i < alone.Tensors.Count; i++)
        {
            var (one, many) = (alone.Tensors[i], batch.Tensors[i]);
            if (one.Shape[0] != 1 || !TensorShapes.AreEqual([rows, .. one.Shape.Skip(1)], many.Shape) || !Agree(one, many, row))
                return false;
        }

        return true;
    }

    private static bool Agree(Tensor one, Tensor many, int row)
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
            TensorDatatype.Fp32 => AreNear<float>(expected, actual),
            TensorDatatype.Fp64 => AreNear<double>(expected, actual),
            _ => expected.SequenceEqual(actual),
        };
    }

    // Relative to values beyond 1. A result that is not finite agrees with nothing.
    private static bool AreNear<T>(ReadOnlySpan<byte> expected, ReadOnlySpan<byte> actual)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var one = MemoryMarshal.Cast<byte, T>(expected);
        var other = MemoryMarshal.Cast<byte, T>(actual);
        var largest = T.One;
        foreach (var value in one)
            largest = T.Max(largest, T.Abs(value));
        for (var i = 0; i < one.Length; i++)
        {
            if (!(T.Abs(one[i] - other[i]) <= T.CreateChecked(Tolerance) * largest))
                return false;
        }

        return true;
    }
}
