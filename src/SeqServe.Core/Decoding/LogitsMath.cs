using System.Numerics.Tensors;

namespace SeqServe.Core.Decoding;

/// <summary>Soft-max that does not overflow: shifted by the maximum, unlike <c>TensorPrimitives.SoftMax</c>.</summary>
public static class LogitsMath
{
    /// <summary>Turns logits into probabilities in place. They sum to 1, also for logits of ±1000.</summary>
    /// <exception cref="ArithmeticException">A logit is NaN or all are infinite.</exception>
    public static void SoftMax(Span<float> logits)
    {
        var max = TensorPrimitives.Max(logits);
        if (!float.IsFinite(max))
            throw new ArithmeticException($"The largest logit is {max}; the graph computed no usable answer.");
        TensorPrimitives.Subtract(logits, max, logits);
        TensorPrimitives.Exp(logits, logits);
        TensorPrimitives.Divide(logits, TensorPrimitives.Sum(logits), logits);
    }

    /// <summary>Natural logarithm of the probability of one class, exact also where the probability itself rounds to 0.</summary>
    public static double LogProbability(ReadOnlySpan<float> logits, int index)
    {
        var max = TensorPrimitives.Max(logits);
        var sum = 0.0;
        foreach (var logit in logits)
            sum += Math.Exp(logit - max);
        return logits[index] - max - Math.Log(sum);
    }

    /// <summary>ln Σ exp(logit): a logit less it is the logarithm of its probability.</summary>
    /// <exception cref="ArithmeticException">A logit is NaN or all are infinite.</exception>
    public static double LogSumExp(ReadOnlySpan<float> logits)
    {
        var max = TensorPrimitives.Max(logits);
        if (!float.IsFinite(max))
            throw new ArithmeticException($"The largest logit is {max}; the graph computed no usable answer.");
        // In pieces that stay in the first-level cache, added up in double.
        Span<float> piece = stackalloc float[512];
        var sum = 0.0;
        while (!logits.IsEmpty)
        {
            var count = Math.Min(piece.Length, logits.Length);
            var part = piece[..count];
            TensorPrimitives.Subtract(logits[..count], max, part);
            TensorPrimitives.Exp(part, part);
            sum += TensorPrimitives.Sum<float>(part);
            logits = logits[count..];
        }

        return max + Math.Log(sum);
    }
}
