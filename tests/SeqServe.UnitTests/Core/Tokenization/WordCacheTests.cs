using SeqServe.Core.Tokenization;

namespace SeqServe.UnitTests.Core.Tokenization;

public class WordCacheTests
{
    [Fact]
    public void Find_UnknownWord_IsEmpty() => Assert.True(new WordCache().Find("word").IsEmpty);

    [Fact]
    public void Find_KeptWord_HasItsIds()
    {
        var cache = new WordCache();
        cache.Keep("word", [1, 2]);

        Assert.Equal([1, 2], cache.Find("word").ToArray());
        Assert.True(cache.Find("words").IsEmpty);
    }

    [Fact]
    public void Keep_LongWord_IsNotKept()
    {
        var cache = new WordCache();
        var word = new string('a', WordCache.LongestWord + 1);
        cache.Keep(word, [1]);

        Assert.True(cache.Find(word).IsEmpty);
    }

    [Fact]
    public void Find_AfterMoreWordsThanPlaces_NeverGivesAnotherWordsIds()
    {
        var cache = new WordCache();
        for (var i = 0; i < 20_000; i++)
            cache.Keep($"w{i}", [i]);

        for (var i = 0; i < 20_000; i++)
        {
            var ids = cache.Find($"w{i}");
            Assert.True(ids.IsEmpty || ids[0] == i);
        }
    }
}
