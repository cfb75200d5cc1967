using System.Text;

namespace SeqServe.UnitTests.Onnx;

/// <summary>Writes the smallest ONNX files: each output is the identity of an input (onnx.proto, as much of it as that takes).</summary>
internal static class OnnxGraph
{
    public const int FloatType = 1;
    public const int LongType = 7;

    /// <summary>An input or output. A dimension of 0 is free.</summary>
    public sealed record Tensor(string Name, int Type, params int[] Shape);

    public static byte[] Identity(IReadOnlyList<Tensor> inputs, params (Tensor Output, string From)[] outputs)
    {
        var graph = new List<byte>();
        foreach (var (output, from) in outputs)
            graph.AddRange(Field(1, [.. Text(1, from), .. Text(2, output.Name), .. Text(4, "Identity")]));
        graph.AddRange(Text(2, "test"));
        foreach (var input in inputs)
            graph.AddRange(Field(11, Value(input)));
        foreach (var (output, _) in outputs)
            graph.AddRange(Field(12, Value(output)));
        return [.. Number(1, 8), .. Field(7, [.. graph]), .. Field(8, [.. Text(1, ""), .. Number(2, 17)])];
    }

    private static byte[] Value(Tensor tensor)
    {
        var shape = tensor.Shape.SelectMany((size, axis) => Field(1, size > 0 ? Number(1, size) : Text(2, $"d{axis}"))).ToArray();
        return [.. Text(1, tensor.Name), .. Field(2, Field(1, [.. Number(1, tensor.Type), .. Field(2, shape)]))];
    }

    private static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    private static byte[] Field(int field, byte[] content) => [.. Varint((field << 3) | 2), .. Varint(content.Length), .. content];

    private static byte[] Number(int field, int value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7F; value >>= 7)
            bytes.Add((byte)((value & 0x7F) | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }
}
