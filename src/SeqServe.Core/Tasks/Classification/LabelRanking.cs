using System.Buffers;
using System.Numerics.Tensors;
using SeqServe.Core.Decoding;
using SeqServe.Core.Tasks.Encoders;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>Turns a row's logits into labels with scores and words with weights.</summary>
/// <param name="labels">Names of the classes.</param>
/// <param name="activation">What makes scores of logits.</param>
/// <param name="topK">How many labels are wanted.</param>
internal sealed class LabelRanking(IReadOnlyList<string> labels, Activation activation, int topK)
{
    /// <summary>The labels of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="row">Its row, completed, as the rows without each of its words are.</param>
    public ClassifiedText Rank(TextToClassify text, EncoderRow row)
    {
        var attributions = text.Words.Count > 0 ? Attribute(text, row) : null;
        return new ClassifiedText(Best(row.Output), row.Length, text.Truncated, attributions);
    }

    // Selection of the best k, one after the other: k is small and classes are few. Of equal scores the lower class comes first.
    private LabelScore[] Best(ReadOnlySpan<float> logits)
    {
        var rented = ArrayPool<float>.Shared.Rent(logits.Length);
        try
        {
            var scores = rented.AsSpan(0, logits.Length);
            logits.CopyTo(scores);
            activation.Apply(scores);
            var best = new LabelScore[topK];
            for (var i = 0; i < topK; i++)
            {
                var index = TensorPrimitives.IndexOfMax<float>(scores);
                best[i] = new LabelScore(labels[index], scores[index]);
                scores[index] = float.NegativeInfinity;
            }

            return best;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    private WordAttribution[] Attribute(TextToClassify text, EncoderRow row)
    {
        var predicted = TensorPrimitives.IndexOfMax<float>(row.Output);
        var full = Evidence(row.Output, predicted);
        // Of a text of one word nothing is left without it: the word is weighed against not knowing, a uniform guess.
        var unknown = activation switch
        {
            Activation.Softmax => -Math.Log(row.Output.Length),
            Activation.Sigmoid => -Math.Log(2),
            _ => 0,
        };
        var attributions = new WordAttribution[text.Words.Count];
        for (var i = 0; i < attributions.Length; i++)
        {
            var (start, length) = text.Words[i].GetOffsetAndLength(text.Text.Length);
            var without = text.WithoutWord[i] is { } rest ? Evidence(rest.Output, predicted) : unknown;
            attributions[i] = new WordAttribution(text.Text.Substring(start, length), start, start + length, full - without);
        }

        return attributions;
    }

    // What speaks for a class: the logarithm of its probability, or the number itself where there is none.
    private double Evidence(ReadOnlySpan<float> logits, int label) => activation switch
    {
        Activation.Softmax => LogitsMath.LogProbability(logits, label),
        Activation.Sigmoid => -Math.Log(1 + Math.Exp(-logits[label])),
        _ => logits[label],
    };
}
