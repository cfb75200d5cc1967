using System.Buffers;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>Requests of equal shapes joined along axis 0, in pooled memory.</summary>
internal sealed class TensorBatch : IDisposable
{
    private readonly List<byte[]> _rented = [];
    private readonly IReadOnlyList<TensorRow> _rows;
    private readonly long _rowsEach;

    /// <summary>Copies the inputs into one batch.</summary>
    /// <param name="rows">At least one; the inputs of all have the same shapes, of one axis or more, and the same size of axis 0.</param>
    public TensorBatch(IReadOnlyList<TensorRow> rows)
    {
        _rows = rows;
        _rowsEach = rows[0].Inputs[0].Shape[0];
        Inputs = [.. Enumerable.Range(0, rows[0].Inputs.Count).Select(Join)];
        OutputNames = [.. rows.SelectMany(row => row.OutputNames).Distinct()];
    }

    public IReadOnlyList<Tensor> Inputs { get; }

    /// <summary>Every output that one of the requests asks for.</summary>
    public IReadOnlyList<string> OutputNames { get; }

    /// <summary>Gives each request its part of the outputs, copied.</summary>
    /// <exception cref="BackendException">An output does not have a row for each row of the inputs.</exception>
    public void Deliver(TensorOutputs outputs)
    {
        foreach (var output in outputs.Tensors)
        {
            if (output.Shape.Count == 0 || output.Shape[0] != _rowsEach * _rows.Count)
            {
                throw new BackendException(
                    $"Output {output.Name} has the shape {TensorShapes.ToText(output.Shape)} for {_rowsEach * _rows.Count} rows.");
            }
        }

        for (var i = 0; i < _rows.Count; i++)
        {
            var parts = _rows[i].OutputNames.Select(name => Part(outputs.Tensors.First(o => o.Name == name), i));
            _rows[i].Deliver(new TensorOutputs([.. parts]));
        }
    }

    public void Dispose()
    {
        foreach (var array in _rented)
            ArrayPool<byte>.Shared.Return(array);
        _rented.Clear();
    }

    private Tensor Join(int input)
    {
        var first = _rows[0].Inputs[input];
        long[] shape = [first.Shape[0] * _rows.Count, .. first.Shape.Skip(1)];
        if (first.Datatype == TensorDatatype.Bytes)
            return new Tensor(first.Name, shape, [.. _rows.SelectMany(row => row.Inputs[input].Strings)]);
        var size = first.Data.Length;
        var joined = ArrayPool<byte>.Shared.Rent(Math.Max(1, size * _rows.Count));
        _rented.Add(joined);
        for (var i = 0; i < _rows.Count; i++)
            _rows[i].Inputs[input].Data.CopyTo(joined.AsMemory(i * size));
        return new Tensor(first.Name, first.Datatype, shape, joined.AsMemory(0, size * _rows.Count));
    }

    private Tensor Part(Tensor output, int index)
    {
        long[] shape = [_rowsEach, .. output.Shape.Skip(1)];
        if (output.Datatype == TensorDatatype.Bytes)
        {
            var count = output.Strings.Count / _rows.Count;
            return new Tensor(output.Name, shape, [.. output.Strings.Skip(index * count).Take(count)]);
        }

        var size = output.Data.Length / _rows.Count;
        return new Tensor(output.Name, output.Datatype, shape, output.Data.Slice(index * size, size).ToArray());
    }
}
