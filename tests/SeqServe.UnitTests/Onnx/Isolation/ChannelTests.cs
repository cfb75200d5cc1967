using System.Buffers.Binary;
using SeqServe.Onnx.Isolation;

namespace SeqServe.UnitTests.Onnx.Isolation;

public class ChannelTests
{
    // One that fits the buffer with its head, one that does not, and lengths around a boundary of the alignment.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(200_000)]
    public void Receive_OfWhatWasSent_IsTheSame(int length)
    {
        byte[] part = [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31))];
        using var wire = Sent(MessageKind.Run, new MessageWriter().Text("é").Number(-7), part, part);

        using var message = new Channel(wire, Stream.Null).Receive();

        Assert.Equal(MessageKind.Run, message.Kind);
        var header = message.Read();
        Assert.Equal("é", header.Text());
        Assert.Equal(-7, header.Number());
        var second = (int)Channel.Padded(length);
        Assert.Equal(2 * second, message.Data?.Memory.Length ?? 0);
        if (length == 0)
            return;
        Assert.Equal(part, message.Data!.Memory[..length].ToArray());
        Assert.Equal(part, message.Data.Memory.Slice(second, length).ToArray());
    }

    [Fact]
    public void Receive_OfSeveralMessages_KeepsThemApart()
    {
        using var wire = new MemoryStream();
        var sender = new Channel(Stream.Null, wire);
        sender.Send(MessageKind.Started);
        sender.Send(MessageKind.Outputs, new MessageWriter().Number(1), [new byte[100_000]]);
        sender.Send(MessageKind.Failed, new MessageWriter().Text("no"));
        wire.Position = 0;
        var receiver = new Channel(wire, Stream.Null);

        MessageKind[] kinds = [.. Enumerable.Range(0, 3).Select(_ =>
        {
            using var message = receiver.Receive();
            return message.Kind;
        })];

        Assert.Equal([MessageKind.Started, MessageKind.Outputs, MessageKind.Failed], kinds);
        Assert.Throws<EndOfStreamException>(() => receiver.Receive());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(19)]
    [InlineData(20)]
    [InlineData(83)]
    public void Receive_OfAMessageThatIsCutOff_EndsWithIt(int length)
    {
        using var whole = Sent(MessageKind.Outputs, new MessageWriter().Number(1), new byte[10]);
        Assert.Equal(84, whole.Length);
        using var cut = new MemoryStream(whole.ToArray(), 0, length);

        Assert.Throws<EndOfStreamException>(() => new Channel(cut, Stream.Null).Receive());
    }

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(99, 0, 0)]
    [InlineData(int.MinValue, 0, 0)]
    [InlineData((int)MessageKind.Outputs, -1, 0)]
    [InlineData((int)MessageKind.Outputs, Channel.MaxHeader + 1, 0)]
    [InlineData((int)MessageKind.Outputs, int.MaxValue, 0)]
    [InlineData((int)MessageKind.Outputs, 0, -1)]
    [InlineData((int)MessageKind.Outputs, 0, int.MaxValue)]
    public void Receive_OfAbsurdLengths_TakesNoMemoryForThem(int kind, int header, int data)
    {
        var head = new byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(head, kind);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(4), header);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), data);
        using var wire = new MemoryStream(head);

        Assert.Throws<InvalidDataException>(() => new Channel(wire, Stream.Null).Receive());
    }

    [Fact]
    public void Receive_OfDataThatNeverComes_TakesNoMemoryForIt()
    {
        var head = new byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(head, (int)MessageKind.Outputs);
        BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(8), 2_000_000_000);
        using var wire = new MemoryStream(head);
        var before = Environment.WorkingSet;

        Assert.Throws<EndOfStreamException>(() => new Channel(wire, Stream.Null).Receive());

        Assert.InRange(Environment.WorkingSet - before, long.MinValue, 1_000_000_000);
    }

    [Fact]
    public void Send_OfMoreThanAMessageTakes_SendsNothing()
    {
        using var wire = new MemoryStream();
        ReadOnlyMemory<byte> part = new byte[1 << 20];

        Assert.Throws<InvalidDataException>(() => new Channel(Stream.Null, wire).Send(MessageKind.Run, null, [.. Enumerable.Repeat(part, 2048)]));

        Assert.Equal(0, wire.Length);
    }

    private static MemoryStream Sent(MessageKind kind, MessageWriter header, params byte[][] parts)
    {
        var wire = new MemoryStream();
        new Channel(Stream.Null, wire).Send(kind, header, [.. parts.Select(part => (ReadOnlyMemory<byte>)part)]);
        wire.Position = 0;
        return wire;
    }
}
