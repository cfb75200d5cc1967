using SeqServe.Tokenizers.Models;

namespace SeqServe.Tokenizers.UnitTests.Models;

/// <summary>Words as no text has them; the work is to grow with the length, not with its square.</summary>
public sealed class LongWordTests
{
    private const int Length = 100_000;

    [Fact]
    public void Bpe_HundredThousandLetters_AreMergedInPairsOfPairs()
    {
        var model = new Bpe(
            new Vocabulary(Ids("a", "aa", "aaaa", "b")), [KeyValuePair.Create("a", "a"), KeyValuePair.Create("aa", "aa")], new BpeOptions());

        var tokens = Tokens(model, new string('a', Length) + "b");

        Assert.Equal((Length / 4) + 1, tokens.Length);
        Assert.Equal(new ModelToken(2, Length - 4, Length), tokens[^2]);
    }

    [Fact]
    public void Bpe_HundredThousandUnknownCharacters_BecomeBytes()
    {
        var bytes = Enumerable.Range(0, 256).Select(b => $"<0x{b:X2}>").ToArray();
        var model = new Bpe(new Vocabulary(Ids([.. bytes, "a"])), [], new BpeOptions { ByteFallback = true });

        var tokens = Tokens(model, string.Concat(Enumerable.Repeat("é", Length)));

        Assert.Equal(2 * Length, tokens.Length);
        Assert.Equal(new ModelToken(0xA9, Length - 1, Length), tokens[^1]);
    }

    [Fact]
    public void Unigram_HundredThousandLetters_BestWayIsFound()
    {
        var model = new Unigram([KeyValuePair.Create("<unk>", 0d), KeyValuePair.Create("a", -2d), KeyValuePair.Create("aaaa", -3d)], 0, false);

        Assert.Equal(Length / 4, Tokens(model, new string('a', Length)).Length);
    }

    [Fact]
    public void Unigram_HundredThousandUnknownCharacters_AreOneToken()
    {
        var model = new Unigram([KeyValuePair.Create("<unk>", 0d), KeyValuePair.Create("a", -2d)], 0, false);

        Assert.Equal([new ModelToken(0, 0, Length)], Tokens(model, new string('é', Length)));
    }

    [Fact]
    public void WordPiece_HundredThousandLetters_AreOneUnknownToken()
    {
        var model = new WordPiece(new Vocabulary(Ids("[UNK]", "a", "##a")), "[UNK]", "##", 100);

        Assert.Equal([new ModelToken(0, 0, Length)], Tokens(model, new string('a', Length)));
    }

    [Fact]
    public void WordPiece_NoBoundOfCharacters_EachLetterIsAToken()
    {
        var model = new WordPiece(new Vocabulary(Ids("[UNK]", "a", "##a")), "[UNK]", "##", int.MaxValue);

        Assert.Equal(Length, Tokens(model, new string('a', Length)).Length);
    }

    private static KeyValuePair<string, int>[] Ids(params string[] tokens) => [.. tokens.Select((token, id) => KeyValuePair.Create(token, id))];

    private static ModelToken[] Tokens(ITokenModel model, string text)
    {
        var tokens = new TokenList();
        model.Tokenize(text, tokens);
        return tokens.Span.ToArray();
    }
}
