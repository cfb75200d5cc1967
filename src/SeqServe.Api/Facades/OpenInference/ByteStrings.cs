using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.OpenInference;

/// <summary>Byte strings as binary data: each after its length in four bytes, little-endian.</summary>
internal static class ByteStrings
{
    /// <summary>Splits binary data into its strings, without a copy.</summary>
    /// <param name="bytes">The data.</param>
    /// <param name="elements">Strings that the shape asks for.</param>
    /// <param name="label">Name of the tensor, for messages.</param>
    /// <param name="reservation">Counts the memory of the list.</param>
    /// <exception cref="ServingException">The data ends in the middle of a string, or has another number of them.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> bytes, long elements, string label, BodyReservation reservation)
    {
        // No more than there can be: the shape is the caller's.
        var capacity = (int)Math.Min(elements, bytes.Length / sizeof(uint));
        Reserve(capacity, reservation);
        var strings = new List<ReadOnlyMemory<byte>>(capacity);
        long count = 0;
        for (; !bytes.IsEmpty; count++)
        {
            if (bytes.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span) > bytes.Length - sizeof(uint))
            {
                throw Fault(
                    $"{label}: the binary data ends in the middle of element {count}; each is a length in four bytes, little-endian, and as many bytes");
            }

            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span);
            if (count < elements)
                strings.Add(bytes.Slice(sizeof(uint), length));
            bytes = bytes[(sizeof(uint) + length)..];
        }

        return count == elements ? strings : throw Fault($"{label}: the shape has {elements} elements, the binary data has {count}");
    }

    /// <summary>Counts the memory of a list of strings, without the strings' own.</summary>
    public static void Reserve(int count, BodyReservation reservation) => reservation.Add((long)count * Unsafe.SizeOf<ReadOnlyMemory<byte>>());

    private static ServingException Fault(string message) => new(ServingErrorCode.InvalidRequest, message);
}
