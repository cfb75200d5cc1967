using System.Buffers.Binary;
using SeqServe.Core.Tensors;

namespace SeqServe.Onnx.Isolation;

/// <summary>Tensors and signatures as parts of messages.</summary>
internal static class TensorMessages
{
    /// <summary>Describes tensors in a header.</summary>
    /// <returns>Their data, a part for each: elements as they are, strings each behind its number of bytes.</returns>
    public static ReadOnlyMemory<byte>[] Write(MessageWriter header, IReadOnlyList<Tensor> tensors)
    {
        var parts = new ReadOnlyMemory<byte>[tensors.Count];
        header.Number(tensors.Count);
        for (var i = 0; i < parts.Length; i++)
        {
            var tensor = tensors[i];
            parts[i] = tensor.Datatype == TensorDatatype.Bytes ? Join(tensor.Strings) : tensor.Data;
            header.Text(tensor.Name).Number((long)tensor.Datatype).Number(parts[i].Length);
            WriteShape(header, tensor.Shape);
        }

        return parts;
    }

    /// <summary>Reads tensors.</summary>
    /// <param name="header">Where they are described.</param>
    /// <param name="data">The memory that they stay in; empty where they have none.</param>
    /// <exception cref="InvalidDataException">Header and data do not fit together.</exception>
    public static Tensor[] Read(ref MessageReader header, ReadOnlyMemory<byte> data)
    {
        var tensors = new Tensor[header.Count()];
        for (var i = 0; i < tensors.Length; i++)
        {
            var name = header.Text();
            var datatype = ReadDatatype(ref header);
            var length = header.Number();
            var shape = ReadShape(ref header);
            if (length < 0 || length > data.Length)
                throw new InvalidDataException($"Tensor {i} has {length} bytes, of which {data.Length} came.");
            tensors[i] = Make(name, datatype, shape, data[..(int)length]);
            data = data[(int)Math.Min(data.Length, Channel.Padded(length))..];
        }

        return tensors;
    }

    /// <summary>Describes what a graph takes and gives.</summary>
    public static void Write(MessageWriter header, TensorSignature signature)
    {
        Write(header, signature.Inputs);
        Write(header, signature.Outputs);
    }

    /// <summary>Reads what a graph takes and gives.</summary>
    /// <exception cref="InvalidDataException">It is no signature.</exception>
    public static TensorSignature ReadSignature(ref MessageReader header)
    {
        var inputs = ReadSpecs(ref header);
        return new TensorSignature(inputs, ReadSpecs(ref header));
    }

    private static Tensor Make(string name, TensorDatatype datatype, long[] shape, ReadOnlyMemory<byte> data)
    {
        try
        {
            return datatype == TensorDatatype.Bytes ? new Tensor(name, shape, Split(data, shape)) : new Tensor(name, datatype, shape, data);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException(e.Message, e);
        }
    }

    private static byte[] Join(IReadOnlyList<ReadOnlyMemory<byte>> strings)
    {
        var bytes = new byte[strings.Sum(static s => sizeof(int) + (long)s.Length)];
        var at = bytes.AsSpan();
        foreach (var text in strings)
        {
            BinaryPrimitives.WriteInt32LittleEndian(at, text.Length);
            text.Span.CopyTo(at[sizeof(int)..]);
            at = at[(sizeof(int) + text.Length)..];
        }

        return bytes;
    }

    private static ReadOnlyMemory<byte>[] Split(ReadOnlyMemory<byte> data, long[] shape)
    {
        var count = TensorShapes.Elements(shape);
        if (count is null || count > data.Length / sizeof(int))
            throw new InvalidDataException($"{data.Length} bytes hold no strings of shape {TensorShapes.ToText(shape)}.");
        var strings = new ReadOnlyMemory<byte>[count.Value];
        for (var i = 0; i < strings.Length; i++)
        {
            var length = data.Length < sizeof(int) ? -1 : BinaryPrimitives.ReadInt32LittleEndian(data.Span);
            if (length < 0 || length > data.Length - sizeof(int))
                throw new InvalidDataException($"String {i} is cut off.");
            strings[i] = data.Slice(sizeof(int), length);
            data = data[(sizeof(int) + length)..];
        }

        return strings;
    }

    private static void Write(MessageWriter header, IReadOnlyList<TensorSpec> specs)
    {
        header.Number(specs.Count);
        foreach (var spec in specs)
        {
            header.Text(spec.Name).Number((long)spec.Datatype).Number(spec.Shape is null ? 0 : 1);
            WriteShape(header, spec.Shape ?? []);
        }
    }

    private static TensorSpec[] ReadSpecs(ref MessageReader header)
    {
        var specs = new TensorSpec[header.Count()];
        for (var i = 0; i < specs.Length; i++)
        {
            var name = header.Text();
            var datatype = ReadDatatype(ref header);
            var hasShape = header.Number() != 0;
            var shape = ReadShape(ref header);
            specs[i] = new TensorSpec(name, datatype, hasShape ? shape : null);
        }

        return specs;
    }

    private static void WriteShape(MessageWriter header, IReadOnlyList<long> shape)
    {
        header.Number(shape.Count);
        for (var axis = 0; axis < shape.Count; axis++)
            header.Number(shape[axis]);
    }

    private static long[] ReadShape(ref MessageReader header)
    {
        var shape = new long[header.Count()];
        for (var axis = 0; axis < shape.Length; axis++)
            shape[axis] = header.Number();
        return shape;
    }

    private static TensorDatatype ReadDatatype(ref MessageReader header)
    {
        var datatype = (TensorDatatype)header.Number();
        return Enum.IsDefined(datatype) ? datatype : throw new InvalidDataException($"There is no datatype {(int)datatype}.");
    }
}
