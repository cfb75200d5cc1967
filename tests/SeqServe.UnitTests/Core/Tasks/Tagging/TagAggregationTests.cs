using SeqServe.Core.Tasks.Tagging;
using SeqServe.Tokenizers;

namespace SeqServe.UnitTests.Core.Tasks.Tagging;

public class TagAggregationTests
{
    private const int Words = 4;

    private static readonly string[] s_labels = ["O", "B-PER", "I-PER"];

    // One token a letter or digit: "ab" is one word of two tokens, "c" and "d" are words of their own.
    private static readonly Tokenizer s_tokenizer = Tokenizer.FromJson("""
        {
          "pre_tokenizer": { "type": "Whitespace" },
          "model": { "type": "WordPiece", "unk_token": "?", "continuing_subword_prefix": "##", "max_input_chars_per_word": 9,
                     "vocab": { "?": 0, "a": 1, "##b": 2, "c": 3, "d": 4 } }
        }
        """u8.ToArray());

    [Fact]
    public void None_OfTokens_GivesEachThatIsNotOutside()
    {
        var tags = Aggregate(TagAggregate.None, Best(1), Best(2), Best(0), Best(2));

        Assert.Equal([("B-PER", 0, 1, 0), ("I-PER", 1, 2, 1), ("I-PER", 5, 6, 3)], tags.Select(t => (t.Label, t.Start, t.End, t.Index!.Value)));
    }

    [Fact]
    public void Simple_OfNeighbours_IsOneEntityUntilAnotherBegins()
    {
        var tags = Aggregate(TagAggregate.Simple, Best(1), Best(2), Best(1), Best(2));

        Assert.Equal([("PER", 0, 2), ("PER", 3, 6)], tags.Select(t => (t.Label, t.Start, t.End)));
        Assert.All(tags, tag => Assert.Null(tag.Index));
    }

    [Fact]
    public void Simple_OfAnEntity_HasTheMeanScore()
    {
        var tag = Assert.Single(Aggregate(TagAggregate.Simple, Scores(0, 9, 0), Scores(0, 0, 1), Best(0), Best(0)));

        Assert.Equal((Softmax(9, 0, 0) + Softmax(1, 0, 0)) / 2, tag.Score, 1e-5);
    }

    [Theory]
    [InlineData(TagAggregate.First, "PER")]
    [InlineData(TagAggregate.Average, "O")]
    [InlineData(TagAggregate.Max, "O")]
    public void WholeWords_OfTokensThatDiffer_HaveTheLabelOfTheStrategy(TagAggregate aggregate, string label)
    {
        // The first token leans to a person, the second is sure of none.
        var tags = Aggregate(aggregate, Scores(0, 1, 0), Scores(9, 0, 0), Best(0), Best(0));

        if (label == "O")
            Assert.Empty(tags);
        else
            Assert.Equal((label, 0, 2), (Assert.Single(tags).Label, tags[0].Start, tags[0].End));
    }

    [Fact]
    public void Max_OfTokensThatDiffer_HasTheScoreOfTheSurest()
    {
        var tag = Assert.Single(Aggregate(TagAggregate.Max, Scores(0, 1, 0), Scores(0, 0, 5), Best(0), Best(0)));

        Assert.Equal(("PER", 0, 2), (tag.Label, tag.Start, tag.End));
        Assert.Equal(Softmax(5, 0, 0), tag.Score, 1e-5);
    }

    [Fact]
    public void Simple_OfLabelsWithoutMarks_JoinsThoseOfOneKind()
    {
        var encoding = s_tokenizer.Encode("ab c d");
        float[] logits = [.. Best(1), .. Best(1), .. Best(0), .. Best(2)];

        var tags = new TagAggregation(encoding, ["O", "LOC", "my-tag"], _ => false).Aggregate(logits, TagAggregate.Simple);

        Assert.Equal([("LOC", 0, 2), ("tag", 5, 6)], tags.Select(t => (t.Label, t.Start, t.End)));
    }

    private static IReadOnlyList<Tag> Aggregate(TagAggregate aggregate, params float[][] scores)
    {
        var encoding = s_tokenizer.Encode("ab c d");
        Assert.Equal(Words, encoding.Count);
        return new TagAggregation(encoding, s_labels, token => token == 1).Aggregate([.. scores.SelectMany(s => s)], aggregate);
    }

    private static float[] Best(int label) => [.. Enumerable.Range(0, 3).Select(i => i == label ? 9f : 0)];

    private static float[] Scores(params float[] scores) => scores;

    private static double Softmax(double best, params double[] others) => Math.Exp(best) / (Math.Exp(best) + others.Sum(Math.Exp));
}
