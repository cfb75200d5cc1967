using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace SeqServe.Onnx.Isolation;

/// <summary>Writes the header of a message: whole numbers of 8 bytes, little-endian, and texts, each behind its number of bytes.</summary>
internal sealed class MessageWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new(256);

    /// <summary>What has been written.</summary>
    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    /// <summary>Adds a number.</summary>
    public MessageWriter Number(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
        return this;
    }

    /// <summary>Adds a text.</summary>
    public MessageWriter Text(string value)
    {
        Number(Encoding.UTF8.GetByteCount(value));
        Encoding.UTF8.GetBytes(value, _bytes);
        return this;
    }
}

/// <summary>Reads what <see cref="MessageWriter"/> has written, and believes none of it beyond the bytes that are there.</summary>
/// <param name="bytes">The header.</param>
internal ref struct MessageReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Reads a number.</summary>
    /// <exception cref="InvalidDataException">The header ends before.</exception>
    public long Number() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    /// <summary>Reads a number of things that follow, each of which takes at least one number.</summary>
    /// <exception cref="InvalidDataException">There cannot be so many.</exception>
    public int Count()
    {
        var count = Number();
        return count >= 0 && count <= _rest.Length / sizeof(long) ? (int)count : throw new InvalidDataException($"{count} parts are not in this message.");
    }

    /// <summary>Reads a text.</summary>
    /// <exception cref="InvalidDataException">The header ends before.</exception>
    public string Text() => Encoding.UTF8.GetString(Take(Number()));

    private ReadOnlySpan<byte> Take(long length)
    {
        if (length < 0 || length > _rest.Length)
            throw new InvalidDataException($"A message ends {length} bytes early.");
        var taken = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return taken;
    }
}
