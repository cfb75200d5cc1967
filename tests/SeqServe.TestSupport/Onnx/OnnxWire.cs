using System.Text;

namespace SeqServe.TestSupport.Onnx;

/// <summary>Protobuf's wire format.</summary>
internal static class OnnxWire
{
    public static byte[] Text(int field, string text) => Field(field, Encoding.UTF8.GetBytes(text));

    public static byte[] Field(int field, byte[] content) => [.. Varint((field << 3) | 2), .. Varint(content.Length), .. content];

    public static byte[] Number(int field, long value) => [.. Varint(field << 3), .. Varint(value)];

    private static byte[] Varint(long value)
    {
        var bytes = new List<byte>();
        var left = (ulong)value;
        for (; left > 0x7F; left >>= 7)
            bytes.Add((byte)((left & 0x7F) | 0x80));
        bytes.Add((byte)left);
        return [.. bytes];
    }
}
