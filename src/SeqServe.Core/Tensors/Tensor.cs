namespace SeqServe.Core.Tensors;

/// <summary>A named tensor: elements in row-major order, little-endian. Its memory belongs to its maker and must not change while the tensor is read.</summary>
public sealed class Tensor
{
    /// <summary>Makes a tensor of numbers or truth values.</summary>
    /// <param name="name">Its name; any text.</param>
    /// <param name="datatype">Any but <see cref="TensorDatatype.Bytes"/>.</param>
    /// <param name="shape">Sizes of its axes, none of them negative; empty for a scalar.</param>
    /// <param name="data">Its elements, as many bytes as the shape says.</param>
    /// <exception cref="ArgumentException">Shape and data do not fit together.</exception>
    public Tensor(string name, TensorDatatype datatype, IReadOnlyList<long> shape, ReadOnlyMemory<byte> data)
        : this(name, datatype, shape)
    {
        if (datatype == TensorDatatype.Bytes || data.Length != Elements * datatype.ElementSize())
            throw new ArgumentException($"{Elements} elements of {datatype.ToName()} are not {data.Length} bytes.", nameof(data));
        Data = data;
    }

    /// <summary>Makes a tensor of byte strings.</summary>
    /// <param name="name">Its name; any text.</param>
    /// <param name="shape">Sizes of its axes, none of them negative; empty for a scalar.</param>
    /// <param name="strings">Its elements, as many as the shape says.</param>
    /// <exception cref="ArgumentException">Shape and strings do not fit together.</exception>
    public Tensor(string name, IReadOnlyList<long> shape, IReadOnlyList<ReadOnlyMemory<byte>> strings)
        : this(name, TensorDatatype.Bytes, shape)
    {
        if (strings.Count != Elements)
            throw new ArgumentException($"{Elements} elements are not {strings.Count} strings.", nameof(strings));
        Strings = strings;
    }

    private Tensor(string name, TensorDatatype datatype, IReadOnlyList<long> shape)
    {
        (Name, Datatype, Shape) = (name, datatype, shape);
        Elements = TensorShapes.Elements(shape)
            ?? throw new ArgumentException($"The shape must have no negative axis and at most {TensorShapes.MaxElements} elements.", nameof(shape));
    }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What its elements are.</summary>
    public TensorDatatype Datatype { get; }

    /// <summary>Sizes of its axes; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of its elements: the product of its axes, 1 for a scalar.</summary>
    public long Elements { get; }

    /// <summary>Its elements; empty for <see cref="TensorDatatype.Bytes"/>.</summary>
    public ReadOnlyMemory<byte> Data { get; }

    /// <summary>Its elements, when they are <see cref="TensorDatatype.Bytes"/>; else empty.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Strings { get; } = [];

    /// <summary>Bytes that its elements take.</summary>
    public long Size => Datatype == TensorDatatype.Bytes ? Strings.Sum(static s => (long)s.Length) : Data.Length;
}
