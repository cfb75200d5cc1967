using System.Buffers.Binary;

namespace SeqServe.Core.Tokenization;

/// <summary>Reads the protobuf wire format field by field (protobuf.dev/programming-guides/encoding), as much of it as a SentencePiece model uses.</summary>
/// <exception cref="InvalidDataException">From every member, when the bytes are no valid message.</exception>
internal ref struct ProtobufReader(ReadOnlySpan<byte> message)
{
    private ReadOnlySpan<byte> _rest = message;

    public int Field { get; private set; }

    private int _wireType;

    public bool Next()
    {
        if (_rest.IsEmpty)
            return false;
        var tag = Varint();
        Field = (int)(tag >> 3);
        _wireType = (int)(tag & 7);
        return true;
    }

    public ulong ReadVarint()
    {
        Expect(0);
        return Varint();
    }

    public float ReadFloat()
    {
        Expect(5);
        return BinaryPrimitives.ReadSingleLittleEndian(Take(4));
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        Expect(2);
        return Take(Varint());
    }

    public void Skip()
    {
        switch (_wireType)
        {
            case 0: Varint(); break;
            case 1: Take(8); break;
            case 2: Take(Varint()); break;
            case 5: Take(4); break;
            default: throw new InvalidDataException($"Wire type {_wireType} is not part of a SentencePiece model.");
        }
    }

    private readonly void Expect(int wireType)
    {
        if (_wireType != wireType)
            throw new InvalidDataException($"Field {Field} has wire type {_wireType}, expected {wireType}.");
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var b = Take(1)[0];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80)
                return value;
        }

        throw new InvalidDataException("A varint is longer than ten bytes.");
    }

    private ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)_rest.Length)
            throw new InvalidDataException("The file ends in the middle of a field.");
        var taken = _rest[..(int)count];
        _rest = _rest[(int)count..];
        return taken;
    }
}
