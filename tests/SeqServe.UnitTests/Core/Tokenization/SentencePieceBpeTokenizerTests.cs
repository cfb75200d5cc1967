using FsCheck.Xunit;

namespace SeqServe.UnitTests.Core.Tokenization;

public class SentencePieceBpeTokenizerTests
{
    private const int Limit = 256;

    [Theory]
    [InlineData("a")]
    [InlineData("漢")]
    [InlineData("🙂")]
    public void Encode_OneCharacter_GivesIds(string text) => Assert.NotEmpty(ShippedTokenizer.Plain.Encode(text, Limit).Ids);

    [Theory]
    [InlineData("")]
    [InlineData(" \t\r\n\u3000\u0001")]
    public void Encode_NothingVisible_GivesNoIdsNotEvenSpecialOnes(string text)
    {
        var encoded = ShippedTokenizer.With(begin: 2, end: 3).Encode(text, Limit);

        Assert.Empty(encoded.Ids);
        Assert.False(encoded.Truncated);
    }

    [Fact]
    public void Encode_WithSpecialIds_SurroundsTheText()
    {
        var plain = ShippedTokenizer.Plain.Encode("a fine film", Limit).Ids;

        Assert.Equal([2, .. plain, 3], ShippedTokenizer.With(begin: 2, end: 3).Encode("a fine film", Limit).Ids);
    }

    [Fact]
    public void Encode_CutWithSpecialIds_KeepsBothWithinTheLimit()
    {
        var plain = ShippedTokenizer.Plain.Encode("a fine film of some length", Limit).Ids;

        var cut = ShippedTokenizer.With(begin: 2, end: 3).Encode("a fine film of some length", 4);

        Assert.Equal([2, plain[0], plain[1], 3], cut.Ids);
        Assert.True(cut.Truncated);
    }

    [Fact]
    public void Encode_ExactlyAtTheLimit_IsNotTruncated()
    {
        var ids = ShippedTokenizer.Plain.Encode("a fine film", Limit).Ids;

        var exact = ShippedTokenizer.Plain.Encode("a fine film", ids.Length);

        Assert.Equal(ids, exact.Ids);
        Assert.False(exact.Truncated);
        Assert.True(ShippedTokenizer.Plain.Encode("a fine film", ids.Length - 1).Truncated);
    }

    [Theory]
    [InlineData("film ")]
    [InlineData("x")]
    [InlineData("漢")]
    [InlineData("🙂")]
    public void Encode_MillionCharacters_StopsAtTheLimit(string part)
    {
        var text = string.Concat(Enumerable.Repeat(part, 1_000_000 / part.Length));

        var encoded = ShippedTokenizer.Plain.Encode(text, Limit);

        Assert.Equal(Limit, encoded.Ids.Length);
        Assert.True(encoded.Truncated);
    }

    [Theory]
    [InlineData(0xD800)]
    [InlineData(0xDC00)]
    [InlineData(0xFFFE)]
    public void Encode_UnusableCharacter_CountsAsReplacementCharacter(int character) =>
        Assert.Equal(ShippedTokenizer.Plain.Encode("a \uFFFD b", Limit).Ids, ShippedTokenizer.Plain.Encode($"a {(char)character} b", Limit).Ids);

    [Fact]
    public void Encode_ControlSymbolAsText_IsSpelledAndNeverTheSymbol() =>
        Assert.DoesNotContain(ShippedTokenizer.Plain.Encode("<s> </s> <pad> <unk>", Limit).Ids, id => id <= 3);

    [Fact]
    public void Encode_CharacterOutsideOfTheVocabulary_FallsBackToItsBytes()
    {
        var spelled = ShippedTokenizer.Plain.Encode("\U00010348", Limit).Ids.Select(ShippedTokenizer.Plain.TokenText);

        Assert.Equal([" ", "<0xF0>", "<0x90>", "<0x8D>", "<0x88>"], spelled);
    }

    [Fact]
    public void Encode_LimitWithoutRoomForText_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ShippedTokenizer.With(begin: 2, end: 3).Encode("a", 2));

    [Fact]
    public void Tokenizer_SpecialIdOutsideOfTheVocabulary_IsRefused() =>
        Assert.Throws<ArgumentException>(() => ShippedTokenizer.With(end: ShippedTokenizer.Plain.VocabularySize));

    [Property]
    public void Encode_CutAtAnyLimit_IsAPrefixOfTheWhole(int[] picks, ushort limit)
    {
        var text = MixedText.From(picks);
        var most = 1 + (limit % 40);

        var whole = ShippedTokenizer.Plain.Encode(text, 100_000);
        var cut = ShippedTokenizer.Plain.Encode(text, most);

        Assert.Equal(whole.Ids.Take(most), cut.Ids);
        Assert.Equal(whole.Ids.Length > most, cut.Truncated);
        Assert.All(whole.Ids, id => Assert.InRange(id, 0, ShippedTokenizer.Plain.VocabularySize - 1));
    }

    [Property]
    public void Encode_SpacesAround_ChangeNothing(int[] picks)
    {
        var text = MixedText.From(picks);

        Assert.Equal(ShippedTokenizer.Plain.Encode($"x{text}x", 100_000).Ids, ShippedTokenizer.Plain.Encode($" \t x{text}x\n\u3000", 100_000).Ids);
    }
}
