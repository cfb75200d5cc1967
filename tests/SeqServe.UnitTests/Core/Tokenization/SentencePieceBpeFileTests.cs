using FsCheck.Xunit;
using SeqServe.Core.Tokenization;

namespace SeqServe.UnitTests.Core.Tokenization;

/// <summary>Which model files a manifest may name.</summary>
public class SentencePieceBpeFileTests
{
    [Fact]
    public void Open_ShippedModel_FindsPiecesAndPrefix()
    {
        var tokenizer = Open(ShippedTokenizer.File);
        var pieces = Enumerable.Range(0, tokenizer.VocabularySize).Select(tokenizer.TokenText).ToList();

        Assert.Equal(256, pieces.Count(p => p.StartsWith("<0x", StringComparison.Ordinal)));
        Assert.Equal(["<pad>", "<unk>", "<s>", "</s>"], pieces.Take(4));
        Assert.StartsWith(" f", tokenizer.TokenText(tokenizer.Encode("film", 1).Ids[0]), StringComparison.Ordinal);
    }

    [Fact]
    public void Open_Nothing_SaysThatThereAreNoPieces() => Assert.Contains("no pieces", Refusal([]), StringComparison.Ordinal);

    [Fact]
    public void Open_SomeOtherFile_IsRefused() => Refusal("{ \"this\": \"is JSON\" }"u8.ToArray());

    [Fact]
    public void Open_CutFile_IsRefused() => Refusal(ShippedTokenizer.File[..^3]);

    [Fact]
    public void Open_OnePieceOnly_NamesTheModelType()
    {
        // Field 1 (a piece), length 3: field 1 of the piece, length 1, "a". No trainer spec: the default model type is unigram.
        var refusal = Refusal([0x0A, 3, 0x0A, 1, (byte)'a']);

        Assert.Contains("model_type", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WithoutBytePieces_SaysHowToTrain()
    {
        // As above, with field 2 (trainer spec): model_type 2, bpe.
        var refusal = Refusal([0x0A, 3, 0x0A, 1, (byte)'a', 0x12, 2, 0x18, 2]);

        Assert.Contains("byte_fallback", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_WithItsOwnNormalizer_IsRefused()
    {
        // As above, with field 3 (normalizer spec): precompiled_charsmap of one byte.
        var refusal = Refusal([0x0A, 3, 0x0A, 1, (byte)'a', 0x12, 2, 0x18, 2, 0x1A, 3, 0x12, 1, 0]);

        Assert.Contains("normalization_rule_name=identity", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_BytePieceThatNamesNoByte_IsRefused()
    {
        var file = ShippedTokenizer.File.ToArray();
        var at = file.AsSpan().IndexOf("<0x41>"u8);
        "<0xZZ>"u8.CopyTo(file.AsSpan(at));

        Refusal(file);
    }

    [Property(MaxTest = 300)]
    public void Open_DamagedFile_EitherWorksOrIsRefused(int at, byte value, int length)
    {
        var file = ShippedTokenizer.File.ToArray();
        file[(int)((uint)at % (uint)file.Length)] = value;
        // Small numbers are more likely than large ones, so most runs keep most of the file.
        file = file[..^(int)((uint)Math.Abs((long)length) % 64)];

        var fault = Record.Exception(() => Open(file).Encode("a film", 16));

        Assert.True(fault is null or InvalidDataException, $"{fault}");
    }

    private static string Refusal(byte[] file) => Assert.Throws<InvalidDataException>(() => Open(file)).Message;

    private static SentencePieceBpeTokenizer Open(byte[] file) =>
        SentencePieceBpeTokenizer.Open(file, "tokenizer.model", TextNormalization.Nfkc, default);
}
