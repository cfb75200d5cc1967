using SeqServe.Onnx.Memory;

namespace SeqServe.Onnx.Decoding;

/// <summary>
/// One tensor of all slots in memory of its own, row by row, so that the rows in flight are a prefix that a run reads without a copy. A row is
/// <c>[outer, extent, inner]</c>; the extent is the same for all rows.
/// </summary>
internal sealed class RowTensor(RowShape shape) : IDisposable
{
    // Memory that one unusual batch needed is given back once a batch needs only this part of it.
    private const int OutlierFactor = 8;

    private NativeBlock<float>? _values;
    private int _rows;

    public RowShape Shape => shape;

    /// <summary>Length of the axis that varies; 1 where none does.</summary>
    public int Extent { get; private set; } = 1;

    /// <summary>Floats of a row.</summary>
    public int RowSize => shape.Outer * Extent * shape.Inner;

    /// <summary>Some rows, to be read or written by a run.</summary>
    public Memory<float> Rows(int first, int count) =>
        _values is { } values ? values.Memory.Slice(first * RowSize, count * RowSize) : Memory<float>.Empty;

    public Span<float> Row(int row) => _values!.GetSpan().Slice(row * RowSize, RowSize);

    /// <summary>Makes room; what the rows hold stays, as far as it fits the new extent. When there is no memory, nothing has changed.</summary>
    /// <param name="rows">Slots.</param>
    /// <param name="extent">Length of the axis that varies.</param>
    /// <param name="used">Rows whose content matters.</param>
    /// <exception cref="OverflowException">It would have more floats than an array can.</exception>
    public void Resize(int rows, int extent, int used) => Adopt(Resized(rows, extent, used));

    /// <summary>What <see cref="Resize"/> makes of it, for <see cref="Adopt"/>; this stays as it is until then.</summary>
    public RowTensor Resized(int rows, int extent, int used)
    {
        extent = shape.ExtentAxis < 0 ? 1 : extent;
        if (rows == _rows && extent == Extent)
            return this;
        var size = checked(rows * shape.Outer * extent * shape.Inner);
        if (used == 0 && _values is { } values && size <= values.Length && size > values.Length / OutlierFactor)
            return new RowTensor(shape) { _rows = rows, Extent = extent, _values = values };
        var resized = new RowTensor(shape) { _rows = rows, Extent = extent, _values = new NativeBlock<float>(size, isZeroed: true) };
        for (var row = 0; row < used; row++)
            resized.Copy(row, this, row, Math.Min(extent, Extent));
        return resized;
    }

    /// <summary>Takes over the memory of a resized tensor; cannot fail.</summary>
    public void Adopt(RowTensor resized)
    {
        if (!resized.Shares(this))
            _values?.Dispose();
        (_values, _rows, Extent) = (resized._values, resized._rows, resized.Extent);
    }

    /// <summary>Whether both are in the same memory.</summary>
    public bool Shares(RowTensor other) => ReferenceEquals(_values, other._values);

    /// <summary>Copies the first steps of a row of a tensor of the same shape, whose extent may differ.</summary>
    public void Copy(int row, RowTensor from, int fromRow, int steps)
    {
        steps = shape.ExtentAxis < 0 ? 1 : steps;
        Write(row, 0, from.Row(fromRow), from.Extent, steps);
    }

    /// <summary>Writes steps of a row.</summary>
    /// <param name="row">The row.</param>
    /// <param name="at">The first step that is written.</param>
    /// <param name="source"><c>[outer, sourceExtent, inner]</c>.</param>
    /// <param name="sourceExtent">Steps of the source.</param>
    /// <param name="steps">Steps to take of it, from its first.</param>
    public void Write(int row, int at, ReadOnlySpan<float> source, int sourceExtent, int steps)
    {
        var target = Row(row);
        for (var i = 0; i < shape.Outer; i++)
        {
            source.Slice(i * sourceExtent * shape.Inner, steps * shape.Inner)
                .CopyTo(target[(((i * Extent) + at) * shape.Inner)..]);
        }
    }

    public void Clear(int row) => Row(row).Clear();

    public void Dispose()
    {
        _values?.Dispose();
        _values = null;
    }
}
