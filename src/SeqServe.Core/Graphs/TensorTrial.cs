using System.Buffers.Binary;
using System.Text;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>Which whole numbers a row holds; most graphs take them as ids, lengths or positions.</summary>
internal enum TrialWholes
{
    /// <summary>1 and 2.</summary>
    Mixed,

    /// <summary>1.</summary>
    Low,

    /// <summary>2.</summary>
    High,

    /// <summary>3 to 9.</summary>
    Wide,

    /// <summary>0.</summary>
    Least,
}

/// <summary>A row of a trial.</summary>
/// <param name="Seed">Chooses its numbers.</param>
/// <param name="Magnitude">How large its real numbers are; NaN for a row of none.</param>
/// <param name="Wholes">Its whole numbers.</param>
internal readonly record struct TrialRow(int Seed, float Magnitude, TrialWholes Wholes);

/// <summary>Runs a graph on rows that are made up.</summary>
/// <param name="backend">The graph.</param>
internal sealed class TensorTrial(ITensorBackend backend)
{
    private readonly List<string> _outputs = [.. backend.Signature.Outputs.Select(o => o.Name)];

    /// <summary>Whether an axis besides that of the rows may have any size.</summary>
    public bool HasLengths => backend.Signature.Inputs.Any(i => i.Shape!.Skip(1).Any(size => size < 0));

    /// <summary>Elements of the largest input of one row; null when there are too many to count.</summary>
    /// <param name="size">Size of free axes.</param>
    public long? Elements(int size)
    {
        var all = backend.Signature.Inputs.Select(i => TensorShapes.Elements(ShapeOf(i, 1, size))).ToList();
        return all.Contains(null) ? null : all.Max();
    }

    /// <summary>Whether the graph takes a row of such a size.</summary>
    public bool Takes(int size)
    {
        using var outputs = Run(size, new TrialRow(0, 1, TrialWholes.Mixed));
        return outputs is not null;
    }

    /// <summary>Runs the graph once, on the first size that it takes, so that no request pays for what happens once.</summary>
    /// <param name="sizes">Sizes of free axes.</param>
    /// <param name="mostElements">Beyond this the graph is not tried.</param>
    public void WarmUp(IEnumerable<int> sizes, long mostElements)
    {
        if (backend.Signature.Inputs.Any(i => i.Shape is null))
            return;
        var varies = backend.Signature.Inputs.Any(i => i.Shape!.Any(size => size < 0));
        _ = sizes.Take(varies ? int.MaxValue : 1).Any(size => Elements(size) <= mostElements && Takes(size));
    }

    /// <summary>Runs rows as one batch.</summary>
    /// <returns>The outputs, which the caller disposes; null when the graph does not take the rows.</returns>
    public TensorOutputs? Run(int size, params TrialRow[] rows)
    {
        try
        {
            return backend.Run([.. backend.Signature.Inputs.Select(input => Input(input, ShapeOf(input, rows.Length, size), rows))], _outputs);
        }
        catch (BackendException e) when (!e.EndedProcess)
        {
            // It is not known which values the graph takes.
            return null;
        }
    }

    private static long[] ShapeOf(TensorSpec spec, int rows, int size) =>
        [.. spec.Shape!.Select((declared, axis) => declared >= 0 ? declared : axis == 0 ? rows : size)];

    private static Tensor Input(TensorSpec spec, long[] shape, TrialRow[] rows)
    {
        var elements = (int)TensorShapes.Elements(shape)!.Value;
        var each = Math.Max(1, elements / rows.Length);
        TrialRow Row(int element) => rows[Math.Min(rows.Length - 1, element / each)];
        if (spec.Datatype == TensorDatatype.Bytes)
        {
            // Longer texts beside shorter ones.
            var texts = Enumerable.Range(0, elements).Select(i => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(
                $"text {string.Join(' ', Enumerable.Repeat(i % each, 1 + Row(i).Seed))}"));
            return new Tensor(spec.Name, shape, [.. texts]);
        }

        var size = spec.Datatype.ElementSize();
        var data = new byte[elements * size];
        for (var i = 0; i < elements; i++)
            Write(spec.Datatype, Row(i), i % each, data.AsSpan(i * size, size));
        return new Tensor(spec.Name, spec.Datatype, shape, data);
    }

    private static void Write(TensorDatatype datatype, TrialRow row, int index, Span<byte> element)
    {
        // The same numbers at every load, spread by the golden ratio.
        var hash = (uint)((row.Seed * 7919) + index + 1) * 2_654_435_769;
        var real = (((hash >> 8) / (float)(1 << 24)) - 0.5f) * row.Magnitude;
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
                element[0] = row.Wholes switch
                {
                    TrialWholes.Low => 1,
                    TrialWholes.High => 2,
                    TrialWholes.Wide => (byte)(3 + (hash % 7)),
                    TrialWholes.Least => 0,
                    _ => (byte)(1 + (hash >> 31)),
                };
                break;
        }
    }
}
