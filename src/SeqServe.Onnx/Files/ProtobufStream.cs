using System.Text;

namespace SeqServe.Onnx.Files;

/// <summary>Reads a protobuf file field by field without loading what is passed over (protobuf.dev/programming-guides/encoding).</summary>
/// <param name="stream">The file; it can seek.</param>
/// <exception cref="InvalidDataException">From every member, when the bytes are no valid message.</exception>
internal sealed class ProtobufStream(Stream stream)
{
    private const int Varint = 0;
    private const int EightBytes = 1;
    private const int Delimited = 2;
    private const int FourBytes = 5;
    private const int MaxTextLength = 1 << 16;

    private long _end = stream.Length;
    private int _wireType;

    /// <summary>Number of the field that <see cref="Next"/> has found.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field of the message; false at its end.</summary>
    public bool Next()
    {
        if (stream.Position >= _end)
            return false;
        var tag = ReadVarint();
        (Field, _wireType) = ((int)(tag >> 3), (int)(tag & 7));
        return true;
    }

    /// <summary>Reads the field as a message of its own; <paramref name="read"/> goes through its fields with <see cref="Next"/>.</summary>
    public void Enter(Action read)
    {
        var outer = _end;
        _end = EndOfField();
        read();
        stream.Position = _end;
        _end = outer;
    }

    /// <summary>Reads the field as a text.</summary>
    public string Text()
    {
        var length = EndOfField() - stream.Position;
        if (length > MaxTextLength)
            throw new InvalidDataException("A name is too long.");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Reads the field as a whole number.</summary>
    public ulong Number() => _wireType == Varint ? ReadVarint() : throw new InvalidDataException($"Field {Field} is no number.");

    /// <summary>Reads the field as one number of a list, or as several that are packed.</summary>
    public void Numbers(List<long> numbers)
    {
        if (_wireType == Varint)
        {
            numbers.Add((long)ReadVarint());
            return;
        }

        var end = EndOfField();
        while (stream.Position < end)
            numbers.Add((long)ReadVarint());
    }

    /// <summary>Passes over the field.</summary>
    public void Skip()
    {
        switch (_wireType)
        {
            case Varint: ReadVarint(); break;
            case EightBytes: stream.Position = Within(stream.Position + 8); break;
            case Delimited: stream.Position = EndOfField(); break;
            case FourBytes: stream.Position = Within(stream.Position + 4); break;
            default: throw new InvalidDataException($"Wire type {_wireType} is not part of an ONNX file.");
        }
    }

    private long EndOfField()
    {
        if (_wireType != Delimited)
            throw new InvalidDataException($"Field {Field} is no message.");
        var length = ReadVarint();
        return length <= long.MaxValue / 2 ? Within(stream.Position + (long)length) : throw new InvalidDataException("A field is longer than its message.");
    }

    private long Within(long position) => position <= _end ? position : throw new InvalidDataException("A field is longer than its message.");

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = stream.ReadByte();
            if (b < 0)
                throw new InvalidDataException("The file ends in the middle of a field.");
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }

        throw new InvalidDataException("A varint is longer than ten bytes.");
    }
}
