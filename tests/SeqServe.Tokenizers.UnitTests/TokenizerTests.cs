using System.Text;
using SeqServe.Tokenizers.Text;
using SeqServe.Tokenizers.UnitTests.Support;

namespace SeqServe.Tokenizers.UnitTests;

/// <summary>The tokenizer as its users see it.</summary>
public class TokenizerTests
{
    private const string Bert = """{"type": "BertProcessing", "sep": ["S", 8], "cls": ["C", 7]}""";
    private const string Words = """{"type": "WhitespaceSplit"}""";

    [Fact]
    public void Encode_LoneSurrogates_CountAsReplacementCharacters()
    {
        var tokenizer = Small.Make(Small.Bytes());

        var encoding = tokenizer.Encode("a\uD83Db\uDE00");

        Assert.Equal("a\uFFFDb\uFFFD", Encoding.UTF8.GetString(Array.ConvertAll(encoding.Ids.ToArray(), id => (byte)id)));
        Assert.Equal(new TextRange(3, 4), encoding.Offsets[^1]);
    }

    [Fact]
    public void Encode_LoneSurrogateBeforeAPair_KeepsThePair()
    {
        var encoding = Small.Make(Small.Bytes()).Encode("\uD83D😀");

        Assert.Equal([new TextRange(0, 1), new TextRange(1, 3)], encoding.Offsets.ToArray().Distinct());
    }

    [Fact]
    public void Encode_Words_TellWhichTokensBelongTogether()
    {
        var tokenizer = Small.Make(Small.Bytes(), ("pre_tokenizer", Words), ("post_processor", Bert));

        var encoding = tokenizer.Encode("ab c", "d");

        Assert.Equal(new int?[] { null, 0, 0, 1, null, 0, null }, Enumerable.Range(0, encoding.Count).Select(encoding.WordOf));
    }

    [Theory]
    [InlineData(TruncationSide.Right, "7 97 98 8")]
    [InlineData(TruncationSide.Left, "7 101 102 8")]
    public void Encode_Limit_KeepsOneEnd(TruncationSide side, string ids)
    {
        var tokenizer = Small.Make(Small.Bytes(), ("post_processor", Bert));

        var encoding = tokenizer.Encode("abcdef", new EncodeOptions { MaxLength = 4, TruncationSide = side });

        Assert.Equal(ids, string.Join(' ', encoding.Ids.ToArray()));
        Assert.True(encoding.IsTruncated);
        Assert.False(tokenizer.Encode("ab", new EncodeOptions { MaxLength = 4 }).IsTruncated);
    }

    [Fact]
    public void Encode_LimitBelowTheSpecialTokens_IsRefused()
    {
        var tokenizer = Small.Make(Small.Bytes(), ("post_processor", Bert));

        Assert.Throws<ArgumentException>(() => tokenizer.Encode("a", new EncodeOptions { MaxLength = 1 }));
        Assert.Equal(2, tokenizer.Encode("a", new EncodeOptions { MaxLength = 2 }).Count);
    }

    [Theory]
    [InlineData(7, 300, 200, 4, 3)]
    [InlineData(7, 200, 300, 3, 4)]
    [InlineData(7, 300, 300, 3, 4)]
    [InlineData(7, 300, 2, 5, 2)]
    public void Encode_LimitOnTwoLongTexts_IsAsIfAllWereKnown(int limit, int first, int second, int keepFirst, int keepSecond)
    {
        var tokenizer = Small.Make(Small.Bytes(), ("pre_tokenizer", Words));
        var texts = Array.ConvertAll([first, second], n => string.Join(' ', Enumerable.Repeat("a", n)));

        var encoding = tokenizer.Encode(texts[0], texts[1], new EncodeOptions { MaxLength = limit });

        var sequences = Enumerable.Range(0, limit).Select(encoding.SequenceOf).ToList();
        Assert.Equal((keepFirst, keepSecond), (sequences.Count(s => s == 0), sequences.Count(s => s == 1)));
    }

    [Fact]
    public void Encode_LongWords_TakesTimeInProportion()
    {
        foreach (var name in new[] { "bert-sentiment", "gpt2-stories", "llama-stories", "xlm-roberta-language" })
        {
            var tokenizer = Tokenizer.FromJson(Fixture.Bytes($"models/{name}.tokenizer.json.gz"));
            foreach (var part in new[] { "a", "é", "!", " ", "😀" })
            {
                var word = string.Concat(Enumerable.Repeat(part, 100_000 / part.Length));
                var encoding = tokenizer.Encode(word);

                Assert.True(encoding.Offsets.ToArray().Max(o => o.End) <= word.Length);
            }
        }
    }

    [Fact]
    public void Encode_ManyThreads_GiveTheSame()
    {
        var tokenizer = Tokenizer.FromJson(Fixture.Bytes("models/roberta-emotions.tokenizer.json.gz"));
        var texts = Fixture.Texts("expected/texts.json");
        var alone = Array.ConvertAll(texts, t => tokenizer.Encode(t).Ids.ToArray());

        Parallel.For(0, texts.Length * 4, i => Assert.Equal(alone[i % texts.Length], tokenizer.Encode(texts[i % texts.Length]).Ids.ToArray()));
    }

    [Fact]
    public void Encode_TextsOfOrdinaryLength_AllocatesTheAnswerOnly()
    {
        var tokenizer = Tokenizer.FromJson(Fixture.Bytes("models/bert-sentiment.tokenizer.json.gz"));
        const string Text = "A text of an ordinary length, as they come; naïve, déjà vu.";
        for (var i = 0; i < 100; i++)
            tokenizer.Encode(Text);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var encoding = tokenizer.Encode(Text);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        // Five arrays and the object around them.
        var answer = (encoding.Count * (4 + 4 + 8 + 4 + 1)) + (5 * 32) + 72;
        Assert.InRange(allocated, 0, answer + 200);
    }

    [Fact]
    public void StoredTruncation_File_IsToldAndNotApplied()
    {
        var tokenizer = Small.Make(Small.Bytes(), ("truncation", """{"direction": "Left", "max_length": 3, "strategy": "OnlyFirst", "stride": 1}"""));

        var stored = new EncodeOptions { MaxLength = 3, TruncationSide = TruncationSide.Left, TruncationStrategy = TruncationStrategy.OnlyFirst };
        Assert.Equal(stored, tokenizer.StoredTruncation);
        Assert.Equal(5, tokenizer.Encode("abcde").Count);
        Assert.Equal(3, tokenizer.Encode("abcde", tokenizer.StoredTruncation).Count);
    }
}
