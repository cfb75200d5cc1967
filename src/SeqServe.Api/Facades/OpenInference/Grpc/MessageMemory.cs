using System.Buffers;
using Google.Protobuf.Reflection;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>
/// The most memory that a message of one type takes once it is parsed, computed from its bytes before they are parsed. A few bytes can become a hundred times
/// as many: an empty input is an object with lists and maps, a number of one byte is one of eight.
/// </summary>
internal sealed class MessageMemory
{
    // Sizes of objects are .NET's on 64 bits, rounded up; MessageMemoryTests compare them with what the parser allocates.
    private const int Object = 40;
    private const int FieldSlot = 16;
    private const int EmptyList = 32;
    private const int EmptyMap = 160;
    // A node, a place in the table, and the copy for the use case.
    private const int MapEntry = 256;

    // The parser's whole table of unknown fields, since one of another number makes a list of its own.
    private const int UnknownField = 512;

    // Groups are not in proto3; what is in one costs at most an unknown field for each two bytes.
    private const int GroupByte = UnknownField / 2;

    private readonly Dictionary<uint, MessageField> _fields = [];
    private readonly int _count;
    private readonly long _empty;

    /// <param name="type">The type of the message.</param>
    public MessageMemory(MessageDescriptor type)
        : this(type, isMapEntry: false)
    {
    }

    private MessageMemory(MessageDescriptor type, bool isMapEntry)
    {
        var fields = type.Fields.InDeclarationOrder();
        _count = fields.Count;
        _empty = Object + (isMapEntry ? MapEntry : 0);
        foreach (var field in fields)
        {
            _empty += FieldSlot + (field.IsMap ? EmptyMap : field.IsRepeated ? EmptyList : 0);
            var child = field.FieldType == FieldType.Message ? new MessageMemory(field.MessageType, field.IsMap) : null;
            // A map makes a value where its entry has none.
            if (isMapEntry)
                _empty += child?._empty ?? 0;
            foreach (var known in MessageField.Of(field, child))
                _fields[known.Tag] = known;
        }
    }

    /// <summary>The most bytes that a message takes. Of one that the parser refuses, what is parsed before the fault.</summary>
    public long Of(in ReadOnlySequence<byte> message)
    {
        var wire = new WireReader(message);
        return Measure(ref wire, message.Length);
    }

    private long Measure(ref WireReader wire, long end)
    {
        var bytes = _empty;
        Span<long> places = stackalloc long[_count];
        while (wire.Consumed < end && wire.TryReadVarint(out var tag))
        {
            var type = (WireType)(tag & 7);
            var field = _fields.GetValueOrDefault((uint)tag);
            if (type == WireType.StartGroup)
                return bytes + ((end - wire.Consumed) * GroupByte) + UnknownField;
            if (!wire.TryReadValue(type, end, out var length))
                return bytes;
            if (field is null)
            {
                bytes += UnknownField + length;
                wire.Skip(length);
                continue;
            }

            bytes += field.Fixed(length);
            ref var place = ref places[field.Index];
            if (field.Message is { } message)
            {
                var inner = wire.Consumed + length;
                var size = message.Measure(ref wire, inner);
                bytes += field.IsRepeated ? size : MessageField.Grow(ref place, size, isWhole: true);
                if (wire.Consumed != inner)
                    return bytes;
            }

            if (field.IsRepeated)
                bytes += field.Elements(ref wire, length, ref place);
            else if (field.Message is null)
                wire.Skip(length);
        }

        return bytes;
    }
}
