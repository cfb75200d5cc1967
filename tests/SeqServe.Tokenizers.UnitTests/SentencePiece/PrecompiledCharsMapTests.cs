using SeqServe.Tokenizers.SentencePiece;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests.SentencePiece;

public sealed class PrecompiledCharsMapTests
{
    private static readonly byte[] s_blob = SentencePieceModel.Read(FolderFixture.Reader("marian-en-fr")("source.spm")!, "source.spm").CharsMap;

    [Theory]
    [InlineData("e\u0301x", "é", 2)]
    [InlineData("\u00bdx", "1⁄2", 1)]
    [InlineData("\t", " ", 1)]
    [InlineData("\U0001D49C", "A", 2)]
    public void Longest_TextWithAnEntry_GivesItAndItsLength(string text, string replacement, int length)
    {
        var map = PrecompiledCharsMap.Read(s_blob);

        Assert.True(map.MayBegin(text[0]));
        Assert.Equal(replacement, map.Longest(text, out var found));
        Assert.Equal(length, found);
    }

    [Fact]
    public void Longest_TextWithoutEntry_IsNull() => Assert.Null(PrecompiledCharsMap.Read(s_blob).Longest("xyz", out _));

    [Fact]
    public void Read_CutOffMap_IsAnErrorOrFindsNothing()
    {
        for (var length = 0; length < 40; length++)
            Assert.Throws<InvalidDataException>(() => PrecompiledCharsMap.Read(s_blob.AsSpan(0, length)));
    }

    [Fact]
    public void Longest_DamagedTrie_StaysInside()
    {
        var random = new Random(1);
        for (var round = 0; round < 20; round++)
        {
            var blob = s_blob[..20_000];
            random.NextBytes(blob.AsSpan(4));
            BitConverter.TryWriteBytes(blob, 16_000);
            var map = PrecompiledCharsMap.Read(blob);
            for (var unit = 1; unit < 0xD800; unit += 7)
                map.Longest(new string((char)unit, 3), out _);
        }
    }
}
