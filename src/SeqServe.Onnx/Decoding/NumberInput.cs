using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.Onnx.Memory;

namespace SeqServe.Onnx.Decoding;

/// <summary>Memory for an input of whole numbers, in the type that the graph takes. Used again for each run.</summary>
/// <param name="name">The input's name.</param>
/// <param name="type">Int64, Int32, Float or Bool.</param>
internal sealed class NumberInput(string name, TensorElementType type) : IDisposable
{
    private NativeBlock<long> _numbers = new(0);
    private NativeBlock<byte> _converted = new(0);

    /// <summary>Room for so many numbers, to be filled before <see cref="Bind"/>.</summary>
    public Span<long> Numbers(int count)
    {
        NativeBlock<long>.Fit(ref _numbers, count);
        return _numbers.GetSpan()[..count];
    }

    /// <summary>Binds the numbers.</summary>
    /// <param name="side">The inputs of the run.</param>
    /// <param name="count">How many.</param>
    /// <param name="shape">Their shape.</param>
    public void Bind(Binding side, int count, params long[] shape)
    {
        if (type == TensorElementType.Int64)
        {
            side.Add(name, type, MemoryMarshal.AsBytes(_numbers.GetSpan()), count * sizeof(long), shape);
            return;
        }

        var size = type == TensorElementType.Bool ? sizeof(bool) : sizeof(int);
        NativeBlock<byte>.Fit(ref _converted, count * size);
        Convert(_numbers.GetSpan()[..count], _converted.GetSpan()[..(count * size)]);
        side.Add(name, type, _converted.GetSpan(), count * size, shape);
    }

    public void Dispose()
    {
        _numbers.Dispose();
        _converted.Dispose();
    }

    private void Convert(ReadOnlySpan<long> from, Span<byte> to)
    {
        if (type == TensorElementType.Int32)
        {
            TensorPrimitives.ConvertTruncating(from, MemoryMarshal.Cast<byte, int>(to));
        }
        else if (type == TensorElementType.Float)
        {
            TensorPrimitives.ConvertTruncating(from, MemoryMarshal.Cast<byte, float>(to));
        }
        else
        {
            for (var i = 0; i < from.Length; i++)
                to[i] = from[i] == 0 ? (byte)0 : (byte)1;
        }
    }
}
