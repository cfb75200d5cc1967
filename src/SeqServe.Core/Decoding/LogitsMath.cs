using System.Numerics.Tensors;

namespace SeqServe.Core.Decoding;

/// <summary>Soft-max that does not overflow: shifted by the maximum, unlike <c>TensorPrimitives.SoftMax</c>.</summary>
public static class LogitsMath
{
    /// <summary>Turns logits into probabilities in place. They sum to 1, also for logits of ±1000.</summary>
    /// <exception cref="ArithmeticException">A logit is NaN or all are infinite.</exception>
    public static void SoftMax(Span<float> logits)
    {
        Exponentials(logits, 1);
        TensorPrimitives.Divide(logits, TensorPrimitives.Sum(logits), logits);
    }

    /// <summary>Turns logits into weights in place, exp((logit - largest) / temperature): probabilities but for their sum; the largest is 1.</summary>
    /// <param name="logits">Logits.</param>
    /// <param name="temperature">Above 0.</param>
    /// <exception cref="ArithmeticException">A logit is NaN or all are infinite.</exception>
    public static void Exponentials(Span<float> logits, double temperature)
    {
        var max = TensorPrimitives.Max(logits);
        ThrowIfUnusable(max);
        TensorPrimitives.Subtract(logits, max, logits);
        // A temperature near 0 would make 1 / temperature infinite, and infinity times 0 is NaN.
        if (temperature != 1)
            TensorPrimitives.Multiply(logits, (float)Math.Min(1 / temperature, float.MaxValue), logits);
        TensorPrimitives.Exp(logits, logits);
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

    /// <summary>Natural logarithms of the probabilities of all classes, in single precision as PyTorch's <c>log_softmax</c>.</summary>
    /// <param name="logits">Logits <c>[V]</c>.</param>
    /// <param name="logProbabilities">Receives as many logarithms.</param>
    /// <exception cref="ArithmeticException">A logit is NaN or all are infinite.</exception>
    public static void LogSoftMax(ReadOnlySpan<float> logits, Span<float> logProbabilities)
    {
        var max = TensorPrimitives.Max(logits);
        ThrowIfUnusable(max);
        TensorPrimitives.Subtract(logits, max, logProbabilities);
        TensorPrimitives.Subtract(logProbabilities, (float)LogSumExp(logProbabilities, 0), logProbabilities);
    }

    /// <summary>ln Σ exp(logit): a logit less it is the logarithm of its probability.</summary>
    /// <exception cref="ArithmeticException">A logit is NaN or all are infinite.</exception>
    public static double LogSumExp(ReadOnlySpan<float> logits) => LogSumExp(logits, TensorPrimitives.Max(logits));

    /// <summary>As above, for a caller who knows the largest logit.</summary>
    internal static double LogSumExp(ReadOnlySpan<float> logits, float max)
    {
        ThrowIfUnusable(max);
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

    /// <summary>Refuses logits whose largest is this.</summary>
    /// <exception cref="ArithmeticException">It is NaN or infinite.</exception>
    internal static void ThrowIfUnusable(float max)
    {
        if (!float.IsFinite(max))
            throw new ArithmeticException($"The largest logit is {max}; the graph computed no usable answer.");
    }
}
