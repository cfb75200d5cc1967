using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.Onnx.Memory;
using SeqServe.Onnx.Tensors;

namespace SeqServe.Onnx.Decoding;

/// <summary>Memory for the scores that a run gives, in single or half precision. Used again for each run.</summary>
/// <param name="vocabularySize">Scores V of a position.</param>
internal sealed class LogitsBuffer(int vocabularySize) : IDisposable
{
    private NativeBlock<byte> _scores = new(0);
    private TensorElementType _type;
    private float[] _single = [];

    /// <summary>Binds the output.</summary>
    /// <param name="side">The outputs of the run.</param>
    /// <param name="name">Its name.</param>
    /// <param name="type">Float or Float16.</param>
    /// <param name="shape">Its shape; the last axis is V.</param>
    public void Bind(Binding side, string name, TensorElementType type, params long[] shape)
    {
        _type = type;
        var bytes = type == TensorElementType.Float ? sizeof(float) : sizeof(ushort);
        foreach (var size in shape)
            bytes = checked(bytes * (int)size);
        NativeBlock<byte>.Fit(ref _scores, bytes);
        side.Add(name, type, _scores.GetSpan(), bytes, shape);
    }

    /// <summary>Scores <c>[V]</c> of a position, counted over rows and steps; valid until the next call.</summary>
    public ReadOnlySpan<float> At(int position)
    {
        var at = position * vocabularySize;
        if (_type == TensorElementType.Float)
            return MemoryMarshal.Cast<byte, float>(_scores.GetSpan()).Slice(at, vocabularySize);
        if (_single.Length < vocabularySize)
            _single = new float[vocabularySize];
        HalfNumbers.CopyTo(MemoryMarshal.Cast<byte, Float16>(_scores.GetSpan()).Slice(at, vocabularySize), _single);
        return _single.AsSpan(0, vocabularySize);
    }

    public void Dispose() => _scores.Dispose();
}
