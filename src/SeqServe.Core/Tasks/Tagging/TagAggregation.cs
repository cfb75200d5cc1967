using System.Numerics.Tensors;
using SeqServe.Core.Decoding;
using SeqServe.Tokenizers;

namespace SeqServe.Core.Tasks.Tagging;

/// <summary>How tokens become answers, with the meaning of transformers' <c>aggregation_strategy</c>.</summary>
public enum TagAggregate
{
    /// <summary>Each token by itself.</summary>
    None,

    /// <summary>Neighbours of one label are an entity.</summary>
    Simple,

    /// <summary>A word has the label of its first token.</summary>
    First,

    /// <summary>A word has the label of the highest mean over its tokens.</summary>
    Average,

    /// <summary>A word has the label of its token of the highest score.</summary>
    Max,
}

/// <summary>Makes tags of a text's logits, as transformers' pipeline for token classification does.</summary>
/// <param name="encoding">The text's tokens.</param>
/// <param name="labels">Names of the classes.</param>
/// <param name="continuesWord">Whether the token at an index goes on with the word of the one before it.</param>
internal sealed class TagAggregation(TokenEncoding encoding, IReadOnlyList<string> labels, Func<int, bool> continuesWord)
{
    private const string Outside = "O";

    /// <summary>Makes the tags.</summary>
    /// <param name="logits"><c>[T,C]</c>, turned into probabilities.</param>
    /// <param name="aggregate">How.</param>
    public IReadOnlyList<Tag> Aggregate(Span<float> logits, TagAggregate aggregate)
    {
        var tokens = new List<TaggedToken>(encoding.Count);
        for (var i = 0; i < encoding.Count; i++)
        {
            if (encoding.IsSpecial(i))
                continue;
            var scores = logits.Slice(i * labels.Count, labels.Count);
            LogitsMath.SoftMax(scores);
            tokens.Add(new TaggedToken(i, i));
        }

        var probabilities = logits[..(encoding.Count * labels.Count)];
        return aggregate switch
        {
            TagAggregate.None => Visible(Single(tokens, probabilities, withIndex: true)),
            TagAggregate.Simple => Visible(Group(Single(tokens, probabilities, withIndex: false))),
            _ => Visible(Group(Single(Words(tokens), probabilities, aggregate))),
        };
    }

    private static List<Tag> Visible(List<Tag> tags) => tags.FindAll(static tag => tag.Label != Outside);

    private List<Tag> Single(List<TaggedToken> tokens, ReadOnlySpan<float> scores, bool withIndex)
    {
        var tags = new List<Tag>(tokens.Count);
        foreach (var token in tokens)
        {
            var of = scores.Slice(token.First * labels.Count, labels.Count);
            tags.Add(NewTag(of, token) with { Index = withIndex ? token.First : null });
        }

        return tags;
    }

    private List<Tag> Single(List<TaggedToken> words, ReadOnlySpan<float> scores, TagAggregate aggregate)
    {
        var tags = new List<Tag>(words.Count);
        var mean = new float[labels.Count];
        foreach (var word in words)
        {
            var chosen = word.First;
            if (aggregate == TagAggregate.Max)
                chosen = Highest(word, scores);
            if (aggregate == TagAggregate.Average)
                tags.Add(NewTag(Mean(word, scores, mean), word));
            else
                tags.Add(NewTag(scores.Slice(chosen * labels.Count, labels.Count), word));
        }

        return tags;
    }

    private Tag NewTag(ReadOnlySpan<float> scores, TaggedToken part)
    {
        var best = TensorPrimitives.IndexOfMax(scores);
        return new Tag(labels[best], scores[best], encoding.Offsets[part.First].Start, encoding.Offsets[part.Last].End);
    }

    private int Highest(TaggedToken word, ReadOnlySpan<float> scores)
    {
        var (best, at) = (float.NegativeInfinity, word.First);
        for (var i = word.First; i <= word.Last; i++)
        {
            var most = encoding.IsSpecial(i) ? best : TensorPrimitives.Max(scores.Slice(i * labels.Count, labels.Count));
            if (most > best)
                (best, at) = (most, i);
        }

        return at;
    }

    private float[] Mean(TaggedToken word, ReadOnlySpan<float> scores, float[] mean)
    {
        Array.Clear(mean);
        for (var i = word.First; i <= word.Last; i++)
            TensorPrimitives.Add(mean, scores.Slice(i * labels.Count, labels.Count), mean);
        TensorPrimitives.Divide(mean, word.Last - word.First + 1, mean);
        return mean;
    }

    private List<TaggedToken> Words(List<TaggedToken> tokens)
    {
        var words = new List<TaggedToken>();
        foreach (var token in tokens)
        {
            if (words.Count > 0 && continuesWord(token.First))
                words[^1] = words[^1] with { Last = token.First };
            else
                words.Add(token);
        }

        return words;
    }

    // Neighbours of one kind are an entity, unless the later one begins a new one.
    private static List<Tag> Group(List<Tag> tags)
    {
        var groups = new List<Tag>();
        var kindBefore = "";
        var (sum, count) = (0.0, 0);
        foreach (var tag in tags)
        {
            var (begins, kind) = Split(tag.Label);
            if (groups.Count > 0 && kind == kindBefore && !begins)
            {
                (sum, count) = (sum + tag.Score, count + 1);
                groups[^1] = groups[^1] with { End = tag.End, Score = (float)(sum / count) };
                continue;
            }

            (kindBefore, sum, count) = (kind, tag.Score, 1);
            groups.Add(tag with { Label = tag.Label[(tag.Label.IndexOf('-', StringComparison.Ordinal) + 1)..] });
        }

        return groups;
    }

    private static (bool Begins, string Kind) Split(string label) =>
        label.StartsWith("B-", StringComparison.Ordinal) ? (true, label[2..])
        : label.StartsWith("I-", StringComparison.Ordinal) ? (false, label[2..])
        : (false, label);

    private readonly record struct TaggedToken(int First, int Last);
}
