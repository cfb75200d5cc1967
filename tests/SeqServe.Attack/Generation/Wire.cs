using System.Text;

namespace SeqServe.Attack.Generation;

/// <summary>Protobuf's wire format, without any rule of what may be written.</summary>
internal static class Wire
{
    /// <summary>A field of bytes.</summary>
    public static byte[] Field(int number, ReadOnlySpan<byte> content) => [.. Tag(number, 2), .. Varint((ulong)content.Length), .. content];

    /// <summary>A field of text.</summary>
    public static byte[] Text(int number, string text) => Field(number, Encoding.UTF8.GetBytes(text));

    /// <summary>A field of a whole number.</summary>
    public static byte[] Number(int number, long value) => [.. Tag(number, 0), .. Varint((ulong)value)];

    /// <summary>What stands before a field.</summary>
    /// <param name="number">The field's number.</param>
    /// <param name="type">0 varint, 1 eight bytes, 2 a length, 3 and 4 a group's begin and end, 5 four bytes; 6 and 7 are none.</param>
    public static byte[] Tag(int number, int type) => Varint(((ulong)number << 3) | (uint)type);

    /// <summary>A number in seven bits a byte.</summary>
    public static byte[] Varint(ulong value)
    {
        var bytes = new List<byte>();
        for (; value > 0x7F; value >>= 7)
            bytes.Add((byte)((value & 0x7F) | 0x80));
        bytes.Add((byte)value);
        return [.. bytes];
    }

    /// <summary>A message of gRPC with its five bytes before it.</summary>
    public static byte[] Frame(byte[] message, byte flag = 0, long? length = null)
    {
        var size = (uint)(length ?? message.Length);
        return [flag, (byte)(size >> 24), (byte)(size >> 16), (byte)(size >> 8), (byte)size, .. message];
    }
}
