using System.Runtime.InteropServices;

namespace SeqServe.TestSupport.Onnx;

/// <summary>An initializer.</summary>
public sealed class OnnxWeights
{
    private readonly byte[] _bytes;

    /// <summary>Single-precision numbers.</summary>
    public OnnxWeights(string name, int[] shape, params float[] values) => _bytes = Bytes(name, OnnxGraph.FloatType, shape, MemoryMarshal.AsBytes<float>(values).ToArray());

    /// <summary>64-bit integers.</summary>
    public OnnxWeights(string name, int[] shape, params long[] values) => _bytes = Bytes(name, OnnxGraph.LongType, shape, MemoryMarshal.AsBytes<long>(values).ToArray());

    internal byte[] ToBytes() => _bytes;

    private static byte[] Bytes(string name, int type, int[] shape, byte[] raw) =>
        [.. shape.SelectMany(size => OnnxWire.Number(1, size)), .. OnnxWire.Number(2, type), .. OnnxWire.Text(8, name), .. OnnxWire.Field(9, raw)];
}
