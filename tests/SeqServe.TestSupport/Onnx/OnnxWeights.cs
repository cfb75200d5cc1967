using System.Runtime.InteropServices;

namespace SeqServe.TestSupport.Onnx;

/// <summary>An initializer.</summary>
public sealed class OnnxWeights
{
    private readonly byte[] _bytes;

    /// <summary>Single-precision numbers.</summary>
    public OnnxWeights(string name, int[] shape, params float[] values) =>
        _bytes = Bytes(name, OnnxGraph.FloatType, shape, MemoryMarshal.AsBytes<float>(values).ToArray());

    /// <summary>64-bit integers.</summary>
    public OnnxWeights(string name, int[] shape, params long[] values) =>
        _bytes = Bytes(name, OnnxGraph.LongType, shape, MemoryMarshal.AsBytes<long>(values).ToArray());

    private OnnxWeights(byte[] bytes) => _bytes = bytes;

    /// <summary>Single-precision numbers that lie in another file, as the graph says it: it need not be true.</summary>
    public static OnnxWeights External(string name, int[] shape, string location, string offset = "0", string? length = null)
    {
        byte[] Entry(string key, string value) => OnnxWire.Field(13, [.. OnnxWire.Text(1, key), .. OnnxWire.Text(2, value)]);
        return new(
        [
            .. shape.SelectMany(size => OnnxWire.Number(1, size)), .. OnnxWire.Number(2, OnnxGraph.FloatType), .. OnnxWire.Text(8, name),
            .. Entry("location", location), .. Entry("offset", offset), .. length is null ? [] : Entry("length", length), .. OnnxWire.Number(14, 1),
        ]);
    }

    internal byte[] ToBytes() => _bytes;

    private static byte[] Bytes(string name, int type, int[] shape, byte[] raw) =>
        [.. shape.SelectMany(size => OnnxWire.Number(1, size)), .. OnnxWire.Number(2, type), .. OnnxWire.Text(8, name), .. OnnxWire.Field(9, raw)];
}
