using System.Buffers;
using System.Numerics.Tensors;
using SeqServe.Core.Decoding;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>Turns a row's logits into labels with probabilities and words with weights.</summary>
internal static class LabelRanking
{
    public static ClassifiedText Rank(ClassificationInput input, IReadOnlyList<string> labels, int topK)
    {
        var attributions = input.Words.Count > 0 ? Attribute(input) : null;
        return new ClassifiedText(Best(input.Row.Logits, labels, topK), input.Row.Length, input.Truncated, attributions);
    }

    // Selection of the best k, one after the other: k is small and classes are few. Of equal probabilities the lower class comes first.
    private static LabelScore[] Best(ReadOnlySpan<float> logits, IReadOnlyList<string> labels, int topK)
    {
        var rented = ArrayPool<float>.Shared.Rent(logits.Length);
        try
        {
            var probabilities = rented.AsSpan(0, logits.Length);
            logits.CopyTo(probabilities);
            LogitsMath.SoftMax(probabilities);
            var best = new LabelScore[topK];
            for (var i = 0; i < topK; i++)
            {
                var index = TensorPrimitives.IndexOfMax(probabilities);
                best[i] = new LabelScore(labels[index], probabilities[index]);
                probabilities[index] = -1;
            }

            return best;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private static WordAttribution[] Attribute(ClassificationInput input)
    {
        var predicted = TensorPrimitives.IndexOfMax<float>(input.Row.Logits);
        var full = LogitsMath.LogProbability(input.Row.Logits, predicted);
        // Of a text of one word nothing is left without it: the word is weighed against not knowing, a uniform guess.
        var unknown = -Math.Log(input.Row.Logits.Length);
        var attributions = new WordAttribution[input.Words.Count];
        for (var i = 0; i < attributions.Length; i++)
        {
            var (start, length) = input.Words[i].GetOffsetAndLength(input.Text.Length);
            var without = input.WithoutWord[i] is { } row ? LogitsMath.LogProbability(row.Logits, predicted) : unknown;
            attributions[i] = new WordAttribution(input.Text.Substring(start, length), start, start + length, full - without);
        }

        return attributions;
    }
}
