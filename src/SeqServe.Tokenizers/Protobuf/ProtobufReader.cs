using System.Buffers.Binary;
using System.Text;

namespace SeqServe.Tokenizers.Protobuf;

/// <summary>
/// Reads protobuf field by field (protobuf.dev/programming-guides/encoding), without a schema and without loading what is skipped: the files of graphs, which
/// the server reads with it too, hold weights of any size.
/// </summary>
/// <param name="stream">The file; it can seek.</param>
/// <exception cref="InvalidDataException">From every member, when the bytes are no valid message.</exception>
internal sealed class ProtobufReader(Stream stream)
{
    private const int Varint = 0;
    private const int EightBytes = 1;
    private const int Delimited = 2;
    private const int FourBytes = 5;
    private const int MaxTextLength = 1 << 16;

    private long _end = stream.Length;
    private int _wireType;
    private byte[] _text = new byte[256];

    /// <summary>Number of the field that <see cref="Next"/> has found.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field of the message; false at its end.</summary>
    public bool Next()
    {
        if (stream.Position >= _end)
            return false;
        var tag = ReadVarint();
        (Field, _wireType) = (tag <= uint.MaxValue ? (int)(tag >> 3) : 0, (int)(tag & 7));
        // A file of zeros would else be a list of empty fields, as long as the file.
        return Field > 0 ? true : throw new InvalidDataException("A field has the number 0, which no message has.");
    }

    /// <summary>Enters the field as a message of its own: <see cref="Next"/> goes through its fields until the result is disposed.</summary>
    public Message Enter()
    {
        var inner = EndOfField();
        var message = new Message(this, inner, _end);
        _end = inner;
        return message;
    }

    /// <summary>Reads the field as a text.</summary>
    public string ReadText()
    {
        var length = EndOfField() - stream.Position;
        if (length > MaxTextLength)
            throw new InvalidDataException("A name is too long.");
        if (length > _text.Length)
            _text = new byte[length];
        var bytes = _text.AsSpan(0, (int)length);
        stream.ReadExactly(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>Reads the field as a whole number.</summary>
    public ulong ReadNumber()
    {
        Expect(Varint);
        return ReadVarint();
    }

    /// <summary>Reads the field as one number of a list, or as several that are packed.</summary>
    /// <param name="numbers">What it is added to.</param>
    /// <param name="most">Size of the list beyond which numbers are passed over.</param>
    public void ReadNumbers(List<long> numbers, int most = int.MaxValue)
    {
        if (_wireType == Varint)
        {
            var number = (long)ReadVarint();
            if (numbers.Count < most)
                numbers.Add(number);
            return;
        }

        using (Enter())
        {
            while (stream.Position < _end && numbers.Count < most)
                numbers.Add((long)ReadVarint());
        }
    }

    /// <summary>Reads the field as bytes.</summary>
    /// <param name="most">How many are read.</param>
    /// <returns>Null for a field of more bytes, which is passed over.</returns>
    public byte[]? ReadBytes(int most)
    {
        var length = EndOfField() - stream.Position;
        if (length > most)
        {
            stream.Position += length;
            return null;
        }

        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>Reads the field as a number of single precision.</summary>
    public float ReadFloat()
    {
        Expect(FourBytes);
        Span<byte> bytes = stackalloc byte[sizeof(float)];
        Within(stream.Position + bytes.Length);
        stream.ReadExactly(bytes);
        return BinaryPrimitives.ReadSingleLittleEndian(bytes);
    }

    /// <summary>Skips a field of bytes.</summary>
    /// <returns>How many there are.</returns>
    public long SkipBytes()
    {
        var end = EndOfField();
        var length = end - stream.Position;
        stream.Position = end;
        return length;
    }

    /// <summary>Skips the field.</summary>
    public void Skip()
    {
        switch (_wireType)
        {
            case Varint: ReadVarint(); break;
            case EightBytes: stream.Position = Within(stream.Position + 8); break;
            case Delimited: stream.Position = EndOfField(); break;
            case FourBytes: stream.Position = Within(stream.Position + 4); break;
            default: throw new InvalidDataException($"Field {Field} has wire type {_wireType}, which is none that files are written with.");
        }
    }

    private void Leave(long inner, long outer)
    {
        stream.Position = inner;
        _end = outer;
    }

    private void Expect(int wireType)
    {
        if (_wireType != wireType)
            throw new InvalidDataException($"Field {Field} has wire type {_wireType}, expected {wireType}.");
    }

    private long EndOfField()
    {
        Expect(Delimited);
        var length = ReadVarint();
        return length <= long.MaxValue / 2 ? Within(stream.Position + (long)length) : throw TooLong();
    }

    private long Within(long position) => position <= _end ? position : throw TooLong();

    // The file's end is the end of its outermost message: there it is cut off.
    private InvalidDataException TooLong() =>
        new(_end == stream.Length ? "The file ends in the middle of a field." : "A field is longer than its message.");

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = stream.ReadByte();
            if (b < 0)
                throw TooLong();
            value |= (ulong)(b & 0x7F) << shift;
            if (b >= 0x80)
                continue;
            Within(stream.Position);
            return value;
        }

        throw new InvalidDataException("A varint is longer than ten bytes.");
    }

    /// <summary>A message that is being read; what is left of it when this is disposed is skipped.</summary>
    public readonly ref struct Message
    {
        private readonly ProtobufReader _reader;
        private readonly long _inner;
        private readonly long _outer;

        internal Message(ProtobufReader reader, long inner, long outer) => (_reader, _inner, _outer) = (reader, inner, outer);

        /// <summary>Goes on with the message around it.</summary>
        public void Dispose() => _reader.Leave(_inner, _outer);
    }
}
