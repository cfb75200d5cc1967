using System.Buffers.Binary;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>Byte strings as binary data: each behind its length in four bytes, little-endian.</summary>
internal static class ByteStrings
{
    /// <summary>Takes binary data apart, without a copy.</summary>
    /// <param name="bytes">The data.</param>
    /// <param name="elements">Strings that the shape asks for.</param>
    /// <param name="label">Name of the tensor, for people.</param>
    /// <exception cref="ServingException">The data ends in the middle of a string, or holds another number of them.</exception>
    public static IReadOnlyList<ReadOnlyMemory<byte>> Read(ReadOnlyMemory<byte> bytes, long elements, string label)
    {
        var strings = new List<ReadOnlyMemory<byte>>();
        while (!bytes.IsEmpty)
        {
            if (bytes.Length < sizeof(uint) || BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span) > bytes.Length - sizeof(uint))
                throw Fault($"{label}: the binary data ends in the middle of element {strings.Count}; each is a length in four bytes, little-endian, and as many bytes");
            var length = (int)BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span);
            strings.Add(bytes.Slice(sizeof(uint), length));
            bytes = bytes[(sizeof(uint) + length)..];
        }

        return strings.Count == elements ? strings : throw Fault($"{label}: the shape is of {elements} elements, the binary data has {strings.Count}");
    }

    private static ServingException Fault(string message) => new(ServingErrorCode.InvalidRequest, message);
}
