using SeqServe.Tokenizers.SentencePiece;

namespace SeqServe.Tokenizers.UnitTests.SentencePiece;

public sealed class ProtobufReaderTests
{
    [Fact]
    public void Next_FieldsOfEachKind_AreReadOrPassedOver()
    {
        byte[] message = [0x08, 0x96, 0x01, 0x12, 0x02, (byte)'h', (byte)'i', 0x1D, 0, 0, 0x80, 0x3F, 0x21, 1, 2, 3, 4, 5, 6, 7, 8, 0x28, 0x01];
        var reader = new ProtobufReader(message);

        Assert.True(reader.Next());
        Assert.Equal((1, 150L), (reader.Field, reader.ReadNumber()));
        Assert.True(reader.Next());
        Assert.Equal((2, "hi"), (reader.Field, reader.ReadText()));
        Assert.True(reader.Next());
        Assert.Equal((3, 1f), (reader.Field, reader.ReadFloat()));
        Assert.True(reader.Next());
        Assert.Equal(4, reader.Field);
        reader.Skip();
        Assert.True(reader.Next());
        Assert.Equal((5, 1L), (reader.Field, reader.ReadNumber()));
        Assert.False(reader.Next());
    }

    [Theory]
    [InlineData(new byte[] { 0x00, 0x01 })]
    [InlineData(new byte[] { 0x0A, 0x05, 0x01 })]
    [InlineData(new byte[] { 0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01 })]
    [InlineData(new byte[] { 0x0B })]
    [InlineData(new byte[] { 0x0D, 0x01 })]
    [InlineData(new byte[] { 0x80 })]
    public void Skip_DamagedMessage_IsAnError(byte[] message) => Assert.Throws<InvalidDataException>(() =>
    {
        var reader = new ProtobufReader(message);
        while (reader.Next())
            reader.Skip();
    });
}
