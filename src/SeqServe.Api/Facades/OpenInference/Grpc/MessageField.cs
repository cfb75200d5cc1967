using Google.Protobuf.Reflection;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>One way in which a field is written, and what it takes in memory.</summary>
internal sealed class MessageField
{
    // A list that is not allocated at once grows by doubling: the new array has less than twice its elements, and the old one lives until it is copied.
    private const int Growth = 3;

    // An array of eight elements of eight bytes, the parser's first.
    private const int FirstArray = 88;
    private const int Reference = 8;

    // A string has a header and two bytes for one, a byte string an object, an array's header and its bytes; rounded up.
    private const int TextObject = 32;
    private const int BytesObject = 72;

    // A number in a oneof is an object.
    private const int Boxed = 24;

    private readonly FieldType _type;
    private readonly int _size;
    private readonly bool _isPacked;

    private MessageField(FieldDescriptor field, WireType wire, bool isPacked, MessageMemory? message)
    {
        (_type, _isPacked, Message) = (field.FieldType, isPacked, message);
        (Index, IsRepeated) = (field.Index, field.IsRepeated || field.IsMap);
        _size = SizeOf(_type);
        Tag = ((uint)field.FieldNumber << 3) | (uint)wire;
    }

    /// <summary>Number and wire type.</summary>
    public uint Tag { get; }

    /// <summary>The field's place in its message.</summary>
    public int Index { get; }

    public bool IsRepeated { get; }

    /// <summary>The memory of its messages, or null for another type.</summary>
    public MessageMemory? Message { get; }

    /// <summary>The ways in which a field is written: numbers of a list one by one or packed.</summary>
    public static IEnumerable<MessageField> Of(FieldDescriptor field, MessageMemory? message)
    {
        var wire = WireOf(field.FieldType);
        yield return new MessageField(field, wire, isPacked: false, message);
        if (field.IsRepeated && wire != WireType.Bytes)
            yield return new MessageField(field, WireType.Bytes, isPacked: true, message);
    }

    /// <summary>Adds to what is allocated at once at first and then, when there is more of it, as a list that grows.</summary>
    /// <param name="whole">What was allocated at once; 0 for nothing yet, -1 for a list that has grown.</param>
    /// <param name="bytes">What is added.</param>
    /// <param name="isWhole">Whether it is allocated at once if it is the first.</param>
    public static long Grow(ref long whole, long bytes, bool isWhole)
    {
        if (isWhole && whole == 0)
        {
            whole = Math.Max(1, bytes);
            return bytes;
        }

        var grown = Math.Max(0, whole) * (Growth - 1);
        whole = -1;
        return grown + (bytes * Growth);
    }

    /// <summary>What the value itself takes, without its place in a list and without a message.</summary>
    public long Fixed(int length) => _type switch
    {
        FieldType.String => TextObject + (2L * length),
        FieldType.Bytes => BytesObject + (long)length,
        _ => IsRepeated ? 0 : Boxed,
    };

    /// <summary>What a value, or all values of a packed field, take in their list; after them when this returns.</summary>
    public long Elements(ref WireReader wire, int length, ref long place)
    {
        var first = place == 0 ? FirstArray : 0;
        if (!_isPacked)
        {
            if (Message is null)
                wire.Skip(length);
            return first + Grow(ref place, _size, isWhole: false);
        }

        var isFixed = WireOf(_type) != WireType.Varint;
        // The parser makes room for one truth value a byte.
        long count = isFixed ? length / _size : _type == FieldType.Bool ? length : wire.CountVarints(length);
        if (isFixed || _type == FieldType.Bool)
            wire.Skip(length);
        return first + Grow(ref place, count * _size, isWhole: isFixed && length % _size == 0);
    }

    private static WireType WireOf(FieldType type) => type switch
    {
        FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => WireType.Fixed32,
        FieldType.Double or FieldType.Fixed64 or FieldType.SFixed64 => WireType.Fixed64,
        FieldType.String or FieldType.Bytes or FieldType.Message => WireType.Bytes,
        _ => WireType.Varint,
    };

    private static int SizeOf(FieldType type) => type switch
    {
        FieldType.Bool => sizeof(bool),
        FieldType.Int32 or FieldType.UInt32 or FieldType.SInt32 or FieldType.Enum or FieldType.Float or FieldType.Fixed32 or FieldType.SFixed32 => sizeof(int),
        FieldType.String or FieldType.Bytes or FieldType.Message => Reference,
        _ => sizeof(long),
    };
}
