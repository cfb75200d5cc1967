using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>How protobuf writes a value.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    StartGroup = 3,
    Fixed32 = 5,
}

/// <summary>Reads the frame of protobuf: tags, numbers and lengths, without their content.</summary>
internal ref struct WireReader(ReadOnlySequence<byte> bytes)
{
    // A number of 64 bits.
    private const int MaxVarint = 10;

    private SequenceReader<byte> _reader = new(bytes);

    /// <summary>Bytes read so far.</summary>
    public readonly long Consumed => _reader.Consumed;

    /// <summary>Reads a number of variable length.</summary>
    public bool TryReadVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < MaxVarint; i++)
        {
            if (!_reader.TryRead(out var next))
                return false;
            value |= (ulong)(next & 0x7f) << (7 * i);
            if (next < 0x80)
                return true;
        }

        return false;
    }

    /// <summary>Reads a number, or the length of what follows.</summary>
    /// <param name="type">How the value is written.</param>
    /// <param name="end">Where its message ends.</param>
    /// <param name="length">Bytes that follow.</param>
    /// <returns>False when the value does not fit into its message.</returns>
    public bool TryReadValue(WireType type, long end, out int length)
    {
        length = type switch
        {
            WireType.Fixed32 => sizeof(uint),
            WireType.Fixed64 => sizeof(ulong),
            _ => 0,
        };
        if (type is WireType.Varint or WireType.Bytes)
        {
            if (!TryReadVarint(out var value))
                return false;
            // As the parser: the upper bits of a length are dropped.
            length = type == WireType.Bytes ? (int)(uint)value : 0;
        }
        else if (length == 0)
        {
            return false;
        }

        return length >= 0 && length <= end - Consumed;
    }

    /// <summary>Skips bytes that are there.</summary>
    public void Skip(long length) => _reader.Advance(length);

    /// <summary>Counts the numbers of variable length in the next bytes, which are there, and skips them.</summary>
    public long CountVarints(int length)
    {
        long count = 0;
        while (length > 0)
        {
            var part = _reader.UnreadSpan;
            part = part[..Math.Min(part.Length, length)];
            count += Ends(part);
            _reader.Advance(part.Length);
            length -= part.Length;
        }

        return count;
    }

    // The last byte of a number has no upper bit.
    private static long Ends(ReadOnlySpan<byte> bytes)
    {
        long goesOn = 0;
        var blocks = MemoryMarshal.Cast<byte, Vector256<byte>>(bytes);
        foreach (var block in blocks)
            goesOn += BitOperations.PopCount(block.ExtractMostSignificantBits());
        foreach (var value in bytes[(blocks.Length * Vector256<byte>.Count)..])
            goesOn += value >> 7;
        return bytes.Length - goesOn;
    }
}
