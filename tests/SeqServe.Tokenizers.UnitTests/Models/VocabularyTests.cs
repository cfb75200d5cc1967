using SeqServe.Tokenizers.Models;

namespace SeqServe.Tokenizers.UnitTests.Models;

public sealed class VocabularyTests
{
    [Fact]
    public void Find_ManyTokens_EachHasItsId()
    {
        var vocabulary = new Vocabulary([.. Enumerable.Range(0, 20_000).Select(i => KeyValuePair.Create("token" + i, i))]);

        Assert.Equal(20_000, vocabulary.Count);
        Assert.All(Enumerable.Range(0, 20_000), i => Assert.Equal(i, vocabulary.Find("token" + i)));
        Assert.All(Enumerable.Range(0, 20_000), i => Assert.Equal("token" + i, vocabulary.TokenOf(i)));
        Assert.Equal(-1, vocabulary.Find("token20000"));
        Assert.Null(vocabulary.TokenOf(20_000));
    }

    [Fact]
    public void Find_SameTokenTwice_LaterIdCounts()
    {
        var vocabulary = new Vocabulary([KeyValuePair.Create("a", 1), KeyValuePair.Create("a", 2)]);

        Assert.Equal(2, vocabulary.Find("a"));
        Assert.Equal(1, vocabulary.Count);
        Assert.Null(vocabulary.TokenOf(1));
    }

    [Fact]
    public void TokenOf_HugeId_TakesNoHugeTable()
    {
        var vocabulary = new Vocabulary([KeyValuePair.Create("a", int.MaxValue), KeyValuePair.Create("", 0)]);

        Assert.Equal("a", vocabulary.TokenOf(int.MaxValue));
        Assert.Equal(0, vocabulary.Find(""));
    }

    [Fact]
    public void Constructor_NegativeId_IsAnError() =>
        Assert.Throws<InvalidDataException>(() => new Vocabulary([KeyValuePair.Create("a", -1)]));

    [Theory]
    [InlineData(new[] { "a", "b" }, new[] { 0, 1 }, true)]
    [InlineData(new[] { "a", "b" }, new[] { 1, 1 }, false)]
    public void IdsAreUnique_Vocabulary_IsSo(string[] tokens, int[] ids, bool expected) =>
        Assert.Equal(expected, new Vocabulary([.. tokens.Zip(ids, KeyValuePair.Create)]).IdsAreUnique);
}
