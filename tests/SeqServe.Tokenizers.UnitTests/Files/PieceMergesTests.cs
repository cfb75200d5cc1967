using System.Text;
using SeqServe.Tokenizers.Files;
using SeqServe.Tokenizers.SentencePiece;

namespace SeqServe.Tokenizers.UnitTests.Files;

public sealed class PieceMergesTests
{
    [Fact]
    public void Of_Pieces_HighestScoreFirstThenLongestLeft()
    {
        string[] pieces = ["<unk>", "a", "b", "ab", "ba", "aba", "abab"];
        float[] scores = [0, -9, -9, -1, -2, -3, -3];
        var model = Model(pieces, scores);

        var merges = PieceMerges.Of(model, [.. pieces.Zip(scores, (text, score) => (text, (double)score))]);

        // By hand after generate_merges: score, then length of the left part, then of the right, each the larger first.
        Assert.Equal([("a", "b"), ("b", "a"), ("aba", "b"), ("ab", "ab"), ("ab", "a"), ("a", "ba")], merges);
    }

    private static SentencePieceModel Model(string[] pieces, float[] scores)
    {
        using var file = new MemoryStream();
        foreach (var (text, score) in pieces.Zip(scores))
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            file.Write([0x0A, (byte)(bytes.Length + 7), 0x0A, (byte)bytes.Length, .. bytes, 0x15, .. BitConverter.GetBytes(score)]);
        }

        return SentencePieceModel.Read(file.ToArray(), "test.model");
    }
}
