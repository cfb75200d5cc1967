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
        var model = Model(("<unk>", 0, 2), ("ab", -1, 1), ("aa", -2, 1), ("a", -5, 1), ("b", -6, 1), ("@@", 0, 4), ("a@@", -1, 1));
        var pieces = new TokenList();

        SentencePieceEncoder.Of(model, "test.model").Encode(text, pieces);

        Assert.Equal(expected, string.Join(' ', pieces.Span.ToArray().Select(p => $"{model.Pieces[p.Id].Text}[{p.Start},{p.End})")));
    }

    private static SentencePieceModel Model(params (string Text, float Score, byte Type)[] pieces)
    {
        using var file = new MemoryStream();
        foreach (var (text, score, type) in pieces)
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            file.Write([0x0A, (byte)(bytes.Length + 9), 0x0A, (byte)bytes.Length, .. bytes, 0x15, .. BitConverter.GetBytes(score), 0x18, type]);
        }

        // trainer_spec.model_type: BPE.
        file.Write([0x12, 0x02, 0x18, 0x02]);
        return SentencePieceModel.Read(file.ToArray(), "test.model");
    }
}
