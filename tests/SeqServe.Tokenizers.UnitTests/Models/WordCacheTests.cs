using SeqServe.Tokenizers.Models;

namespace SeqServe.Tokenizers.UnitTests.Models;

public sealed class WordCacheTests
{
    [Fact]
    public void TryAppend_KeptWord_MovesItsTokens()
    {
        var words = new WordCache();
        words.Keep("hello", 10, [new ModelToken(1, 10, 12), new ModelToken(2, 12, 15)]);
        var tokens = new TokenList();

        Assert.True(words.TryAppend("hello", 100, tokens));
        Assert.Equal([new ModelToken(1, 100, 102), new ModelToken(2, 102, 105)], tokens.Span.ToArray());
    }

    [Fact]
    public void TryAppend_UnknownWord_AppendsNothing()
    {
        var words = new WordCache();
        words.Keep("hello", 0, [new ModelToken(1, 0, 5)]);
        var tokens = new TokenList();

        Assert.False(words.TryAppend("hell", 0, tokens));
        Assert.Equal(0, tokens.Count);
    }

    [Fact]
    public void Keep_LongWord_IsNotKept()
    {
        var words = new WordCache();
        var word = new string('a', WordCache.LongestWord + 1);
        words.Keep(word, 0, [new ModelToken(1, 0, 5)]);

        Assert.False(words.TryAppend(word, 0, new TokenList()));
    }

    [Fact]
    public void TryAppend_WordsOfManyThreads_NeverGivesAnotherWordsTokens()
    {
        var words = new WordCache();
        Parallel.For(0, 8, thread =>
        {
            var tokens = new TokenList();
            for (var round = 0; round < 20_000; round++)
            {
                var number = (thread * 7919 + round * 104_729) % 50_000;
                var word = "w" + number;
                tokens.Clear();
                if (words.TryAppend(word, 0, tokens))
                    Assert.Equal([new ModelToken(number, 0, word.Length)], tokens.Span.ToArray());
                else
                    words.Keep(word, 0, [new ModelToken(number, 0, word.Length)]);
            }
        });
    }
}
