using System.Text;
using SeqServe.Tokenizers.Models;
using SeqServe.Tokenizers.SentencePiece;

namespace SeqServe.Tokenizers.UnitTests.SentencePiece;

public sealed class SentencePieceBpeTests
{
    [Theory]
    [InlineData("abab", "ab[0,2) ab[2,4)")]
    [InlineData("aab", "a[0,1) ab[1,3)")]
    [InlineData("bab", "b[0,1) ab[1,3)")]
    [InlineData("aaa", "aa[0,2) a[2,3)")]
    [InlineData("axyb", "a[0,1) <unk>[1,3) b[3,4)")]
    [InlineData("a😀b", "a[0,1) <unk>[1,3) b[3,4)")]
    [InlineData("a@@b", "a[0,1) @@[1,3) b[3,4)")]
    [InlineData("", "")]
    public void Encode_Text_HighestScoreThenLeftmost(string text, string expected)
    {
        var model = Model([("<unk>", 0, 2), ("ab", -1, 1), ("aa", -2, 1), ("a", -5, 1), ("b", -6, 1), ("@@", 0, 4), ("a@@", -1, 1)]);
        var pieces = new TokenList();

        SentencePieceEncoder.Of(model, "test.model").Encode(text, pieces);

        Assert.Equal(expected, string.Join(' ', pieces.Span.ToArray().Select(p => $"{model.Pieces[p.Id].Text}[{p.Start},{p.End})")));
    }

    [Fact]
    public void Encode_UnknownCharactersOfAModelWithBytes_AreTheirBytes()
    {
        var model = Model([("<unk>", 0, 2), ("a", -5, 1), .. Bytes(256)], byteFallback: true);
        var pieces = new TokenList();

        SentencePieceEncoder.Of(model, "test.model").Encode("aé😀", pieces);

        Assert.Equal(
            "a[0,1) <0xC3>[1,2) <0xA9>[1,2) <0xF0>[2,4) <0x9F>[2,4) <0x98>[2,4) <0x80>[2,4)",
            string.Join(' ', pieces.Span.ToArray().Select(p => $"{model.Pieces[p.Id].Text}[{p.Start},{p.End})")));
    }

    [Fact]
    public void Of_ModelThatLacksAByte_IsRefused()
    {
        var model = Model([("<unk>", 0, 2), ("a", -5, 1), .. Bytes(255)], byteFallback: true);

        var refusal = Assert.Throws<InvalidDataException>(() => SentencePieceEncoder.Of(model, "test.model"));

        Assert.Equal("test.model has byte fallback and not one piece for each byte.", refusal.Message);
    }

    [Theory]
    [InlineData("<0x0A>", 10)]
    [InlineData("<0xFF>", 255)]
    [InlineData("<0xff>", null)]
    [InlineData("<0xZZ>", null)]
    [InlineData("(0x0A)", null)]
    [InlineData("<0x 1>", null)]
    [InlineData("a", null)]
    public void Byte_OfAPiece_IsTheOneItNames(string text, int? value) => Assert.Equal(value, new SentencePiecePiece(text, 0, SentencePieceType.Byte).Byte);

    private static IEnumerable<(string Text, float Score, byte Type)> Bytes(int count) => Enumerable.Range(0, count).Select(b => ($"<0x{b:X2}>", 0f, (byte)6));

    private static SentencePieceModel Model((string Text, float Score, byte Type)[] pieces, bool byteFallback = false)
    {
        using var file = new MemoryStream();
        foreach (var (text, score, type) in pieces)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            file.Write([0x0A, (byte)(bytes.Length + 9), 0x0A, (byte)bytes.Length, .. bytes, 0x15, .. BitConverter.GetBytes(score), 0x18, type]);
        }

        // trainer_spec: model_type BPE, and byte_fallback.
        file.Write([0x12, 0x05, 0x18, 0x02, 0x98, 0x02, byteFallback ? (byte)1 : (byte)0]);
        return SentencePieceModel.Read(file.ToArray(), "test.model");
    }
}
