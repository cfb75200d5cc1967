using SeqServe.Tokenizers.Protobuf;

namespace SeqServe.Tokenizers.UnitTests.Protobuf;

public class ProtobufReaderTests
{
    private const byte Varint1 = 1 << 3;
    private const byte Bytes1 = (1 << 3) | 2;
    private const byte Float1 = (1 << 3) | 5;
    private const byte Double1 = (1 << 3) | 1;

    [Fact]
    public void Next_FieldsThatAreSkipped_AreNotRead()
    {
        var reader = Reader(Varint1, 0x96, 1, Double1, 0, 0, 0, 0, 0, 0, 0, 0, Float1, 0, 0, 0, 0, Bytes1, 2, 9, 9, 2 << 3, 5);
        for (var i = 0; i < 4; i++)
        {
            Assert.True(reader.Next());
            reader.Skip();
        }

        Assert.True(reader.Next());
        Assert.Equal((2, 5UL), (reader.Field, reader.ReadNumber()));
        Assert.False(reader.Next());
    }

    [Fact]
    public void Read_EveryKindOfValue_IsWhatWasWritten()
    {
        var reader = Reader(Varint1, 0x96, 1, Float1, 0, 0, 0xC0, 0x3F, Bytes1, 3, (byte)'a', 0xC3, 0xA9, Bytes1, 2, 7, 7);

        Assert.Equal(150UL, Next(reader).ReadNumber());
        Assert.Equal(1.5f, Next(reader).ReadFloat());
        Assert.Equal("aé", Next(reader).ReadText());
        Assert.Equal(2, Next(reader).SkipBytes());
    }

    [Fact]
    public void ReadNumbers_OneByOneAndPacked_AreOneList()
    {
        var reader = Reader(Varint1, 3, Bytes1, 3, 4, 0x96, 1);
        var numbers = new List<long>();

        Next(reader).ReadNumbers(numbers);
        Next(reader).ReadNumbers(numbers);

        Assert.Equal([3L, 4, 150], numbers);
    }

    [Fact]
    public void Enter_MessageThatIsLeftEarly_GoesOnBehindIt()
    {
        var reader = Reader(Bytes1, 4, Varint1, 1, 2 << 3, 2, 3 << 3, 7);
        using (Next(reader).Enter())
            Assert.Equal(1UL, Next(reader).ReadNumber());

        Assert.Equal((7UL, 3), (Next(reader).ReadNumber(), reader.Field));
    }

    [Theory]
    [InlineData(new byte[] { Varint1, 0x80 }, "The file ends in the middle of a field.")]
    [InlineData(new byte[] { Varint1 }, "The file ends in the middle of a field.")]
    [InlineData(new byte[] { Float1, 0, 0, 0 }, "The file ends in the middle of a field.")]
    [InlineData(new byte[] { Double1, 0, 0, 0, 0 }, "The file ends in the middle of a field.")]
    [InlineData(new byte[] { Bytes1, 2, 0 }, "The file ends in the middle of a field.")]
    [InlineData(new byte[] { Bytes1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1 }, "The file ends in the middle of a field.")]
    [InlineData(new byte[] { Varint1, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1 }, "A varint is longer than ten bytes.")]
    [InlineData(new byte[] { (1 << 3) | 7, 0 }, "Field 1 has wire type 7, which is none that files are written with.")]
    public void Skip_OfWhatIsNoField_SaysWhy(byte[] file, string reason) =>
        Assert.Equal(reason, Assert.Throws<InvalidDataException>(() => Next(Reader(file)).Skip()).Message);

    [Theory]
    [InlineData(new byte[] { Varint1, 0x96 })]
    [InlineData(new byte[] { Float1, 0, 0 })]
    [InlineData(new byte[] { Bytes1, 9 })]
    [InlineData(new byte[] { Double1, 0, 0 })]
    public void Next_FieldBeyondItsMessage_IsRefused(byte[] message)
    {
        var reader = Reader([Bytes1, (byte)message.Length, .. message, Varint1, 1, Varint1, 1, Varint1, 1, Varint1, 1, Varint1, 1]);
        using var entered = Next(reader).Enter();
        reader.Next();

        Assert.Equal("A field is longer than its message.", Assert.Throws<InvalidDataException>(reader.Skip).Message);
    }

    [Fact]
    public void ReadNumbers_PackedBeyondTheirField_AreRefused()
    {
        var reader = Next(Reader(Bytes1, 2, 1, 0x96, 1, 0));

        Assert.Equal("A field is longer than its message.", Assert.Throws<InvalidDataException>(() => reader.ReadNumbers([])).Message);
    }

    [Fact]
    public void ReadNumbers_BeyondTheMost_ArePassedOver()
    {
        var reader = Next(Reader(Bytes1, 3, 1, 2, 3, Varint1, 4));
        var numbers = new List<long>();

        reader.ReadNumbers(numbers, most: 2);
        Next(reader).ReadNumbers(numbers, most: 2);

        Assert.Equal([1L, 2], numbers);
        Assert.False(reader.Next());
    }

    [Fact]
    public void ReadBytes_OfMoreThanTheMost_ArePassedOver()
    {
        var reader = Next(Reader(Bytes1, 2, 7, 8, Bytes1, 3, 1, 2, 3));

        Assert.Equal([7, 8], reader.ReadBytes(2));
        Assert.Null(Next(reader).ReadBytes(2));
        Assert.False(reader.Next());
    }

    [Theory]
    [InlineData(new byte[] { 0, 0 })]
    [InlineData(new byte[] { 0x88, 0x80, 0x80, 0x80, 0x10, 0 })]
    public void Next_OfANumberThatNoFieldHas_IsRefused(byte[] file) =>
        Assert.Contains("number 0", Assert.Throws<InvalidDataException>(() => Reader(file).Next()).Message, StringComparison.Ordinal);

    [Fact]
    public void ReadText_LongerThanAnyName_IsRefused()
    {
        byte[] file = [Bytes1, 0x81, 0x80, 4, .. new byte[(1 << 16) + 1]];

        Assert.Equal("A name is too long.", Assert.Throws<InvalidDataException>(() => Next(Reader(file)).ReadText()).Message);
    }

    [Fact]
    public void Read_AnotherKindThanTheFieldHas_NamesBoth()
    {
        Action[] reads = [() => Next(Reader(Bytes1, 0)).ReadNumber(), () => Next(Reader(Varint1, 0)).ReadText(), () => Next(Reader(Varint1, 0)).ReadFloat()];

        Assert.Equal(
            ["wire type 2, expected 0", "wire type 0, expected 2", "wire type 0, expected 5"],
            reads.Select(read => Assert.Throws<InvalidDataException>(read).Message["Field 1 has ".Length..^1]));
    }

    private static ProtobufReader Reader(params byte[] file) => new(new MemoryStream(file));

    private static ProtobufReader Next(ProtobufReader reader)
    {
        Assert.True(reader.Next());
        return reader;
    }
}
