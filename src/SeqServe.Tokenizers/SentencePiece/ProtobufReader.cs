using System.Buffers.Binary;
using System.Text;

namespace SeqServe.Tokenizers.SentencePiece;

/// <summary>Reads a protobuf message field by field (protobuf.dev/programming-guides/encoding), without a schema.</summary>
/// <param name="bytes">The message.</param>
/// <exception cref="InvalidDataException">From every member, when the bytes are no valid message.</exception>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private const int Varint = 0;
    private const int EightBytes = 1;
    private const int Delimited = 2;
    private const int FourBytes = 5;

    private ReadOnlySpan<byte> _rest = bytes;
    private int _wireType;

    /// <summary>Number of the field that <see cref="Next"/> has found.</summary>
    public int Field { get; private set; }

    /// <summary>Goes to the next field; false at the end.</summary>
    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;
        var tag = ReadVarint();
        (Field, _wireType) = (tag <= uint.MaxValue ? (int)(tag >> 3) : 0, (int)(tag & 7));
        // A file of zeros would else be a list of empty fields, as long as the file.
        return Field > 0 ? true : throw new InvalidDataException("A field of the file has the number 0, which no message has.");
    }

    /// <summary>The field's bytes, which may be a message of their own.</summary>
    public ReadOnlySpan<byte> ReadBytes()
    {
        Expect(Delimited);
        var length = ReadVarint();
        return length <= int.MaxValue ? Take((int)length) : throw CutOff();
    }

    /// <summary>The field as a text.</summary>
    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());

    /// <summary>The field as a whole number.</summary>
    public long ReadNumber()
    {
        Expect(Varint);
        return (long)ReadVarint();
    }

    /// <summary>The field as a number of single precision.</summary>
    public float ReadFloat()
    {
        Expect(FourBytes);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(sizeof(float)));
    }

    /// <summary>Passes over the field.</summary>
    public void Skip()
    {
        switch (_wireType)
        {
            case Varint: ReadVarint(); break;
            case EightBytes: Take(sizeof(ulong)); break;
            case Delimited: ReadBytes(); break;
            case FourBytes: Take(sizeof(uint)); break;
            default: throw new InvalidDataException($"Field {Field} of the file has wire type {_wireType}, which is none that files are written with.");
        }
    }

    private void Expect(int wireType)
    {
        if (_wireType != wireType)
            throw new InvalidDataException($"Field {Field} of the file has wire type {_wireType}, expected {wireType}.");
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length)
            throw CutOff();
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private static InvalidDataException CutOff() => new("The file, or a message in it, ends in the middle of a field.");

    private ulong ReadVarint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
                return value;
        }

        throw new InvalidDataException("A number of the file is longer than ten bytes.");
    }
}
