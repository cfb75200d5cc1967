using System.Buffers.Binary;
using SeqServe.Onnx.Memory;

namespace SeqServe.Onnx.Isolation;

/// <summary>What a message of the protocol between the server and a model's process is.</summary>
internal enum MessageKind
{
    /// <summary>To the process, first of all: the graph to open.</summary>
    Open = 1,

    /// <summary>From it: the graph is open, and this is its signature.</summary>
    Opened,

    /// <summary>To it: the inputs of a run.</summary>
    Run,

    /// <summary>From it: it has all of the inputs, and whatever ends it from now on is the run.</summary>
    Started,

    /// <summary>From it: the outputs of the run.</summary>
    Outputs,

    /// <summary>From it: the graph cannot be opened or the run has failed; the process goes on.</summary>
    Failed,
}

/// <summary>
/// Messages over two streams, one at a time: kind, length of the header and length of the data as numbers of 4 bytes, little-endian; the header; the data.
/// What is received may be anything, and nothing of it is believed beyond <see cref="MaxHeader"/> and <see cref="MaxData"/>. Not safe for concurrent use.
/// </summary>
/// <param name="input">Where messages come from.</param>
/// <param name="output">Where they go.</param>
internal sealed class Channel(Stream input, Stream output) : IDisposable
{
    /// <summary>Most bytes of a header.</summary>
    public const int MaxHeader = 16 << 20;

    private const int HeadLength = 3 * sizeof(int);

    // What fits the buffer of a pipe goes with one call of the system.
    private const int SmallMessage = 64 << 10;

    private readonly Stream _input = new BufferedStream(input, SmallMessage);
    private readonly byte[] _small = new byte[SmallMessage];
    private readonly byte[] _head = new byte[HeadLength];

    /// <summary>Most bytes of the data of one message.</summary>
    public static int MaxData => Array.MaxLength;

    /// <summary>Bytes that a part of the data takes, with those up to the next one.</summary>
    public static long Padded(long length) => (length + NativeBlock<byte>.Alignment - 1) / NativeBlock<byte>.Alignment * NativeBlock<byte>.Alignment;

    /// <summary>Sends a message.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="header">Its header, or null.</param>
    /// <param name="parts">Its data; each part begins on a boundary of <see cref="NativeBlock{T}.Alignment"/> bytes.</param>
    /// <exception cref="InvalidDataException">It is longer than a message may be; nothing has been sent.</exception>
    /// <exception cref="IOException">The other side has closed its end.</exception>
    public void Send(MessageKind kind, MessageWriter? header = null, params IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        var written = header is null ? default : header.Written;
        var data = parts.Sum(static part => Padded(part.Length));
        if (written.Length > MaxHeader || data > MaxData)
            throw new InvalidDataException($"Tensors of {data} bytes, described by {written.Length}, are more than a message takes ({MaxData}, {MaxHeader}).");
        BinaryPrimitives.WriteInt32LittleEndian(_small, (int)kind);
        BinaryPrimitives.WriteInt32LittleEndian(_small.AsSpan(sizeof(int)), written.Length);
        BinaryPrimitives.WriteInt32LittleEndian(_small.AsSpan(2 * sizeof(int)), (int)data);
        if (HeadLength + written.Length + data <= SmallMessage)
            SendSmall(written, parts);
        else
            SendLarge(written, parts);
    }

    /// <summary>Waits for a message.</summary>
    /// <returns>The message; the caller disposes it.</returns>
    /// <exception cref="EndOfStreamException">The other side has closed its end.</exception>
    /// <exception cref="InvalidDataException">What came is no message, or a longer one than may be.</exception>
    public Message Receive()
    {
        _input.ReadExactly(_head);
        var kind = (MessageKind)BinaryPrimitives.ReadInt32LittleEndian(_head);
        var headerLength = BinaryPrimitives.ReadInt32LittleEndian(_head.AsSpan(sizeof(int)));
        var dataLength = BinaryPrimitives.ReadInt32LittleEndian(_head.AsSpan(2 * sizeof(int)));
        if (!Enum.IsDefined(kind) || headerLength is < 0 or > MaxHeader || dataLength < 0 || dataLength > MaxData)
            throw new InvalidDataException($"Kind {(int)kind}, {headerLength} and {dataLength} bytes begin no message.");
        var header = new byte[headerLength];
        _input.ReadExactly(header);
        if (dataLength == 0)
            return new Message(kind, header, null);
        var data = new NativeBlock<byte>(dataLength);
        try
        {
            _input.ReadExactly(data.GetSpan());
            return new Message(kind, header, data);
        }
        catch
        {
            ((IDisposable)data).Dispose();
            throw;
        }
    }

    /// <summary>Closes both ends. The buffer stays: another thread may still read from it.</summary>
    public void Dispose()
    {
        input.Dispose();
        output.Dispose();
    }

    private void SendSmall(ReadOnlySpan<byte> header, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        header.CopyTo(_small.AsSpan(HeadLength));
        var length = HeadLength + header.Length;
        foreach (var part in parts)
        {
            part.Span.CopyTo(_small.AsSpan(length));
            length += (int)Padded(part.Length);
        }

        output.Write(_small.AsSpan(0, length));
    }

    private void SendLarge(ReadOnlySpan<byte> header, IReadOnlyList<ReadOnlyMemory<byte>> parts)
    {
        output.Write(_small.AsSpan(0, HeadLength));
        output.Write(header);
        Span<byte> padding = stackalloc byte[NativeBlock<byte>.Alignment];
        padding.Clear();
        foreach (var part in parts)
        {
            output.Write(part.Span);
            output.Write(padding[..(int)(Padded(part.Length) - part.Length)]);
        }
    }
}

/// <summary>A message that was received.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Header">Its header.</param>
/// <param name="Data">Its data, or null for none; whoever takes it over disposes it in place of the message.</param>
internal readonly record struct Message(MessageKind Kind, byte[] Header, NativeBlock<byte>? Data) : IDisposable
{
    /// <summary>A reader of its header.</summary>
    public MessageReader Read() => new(Header);

    public void Dispose() => (Data as IDisposable)?.Dispose();
}
