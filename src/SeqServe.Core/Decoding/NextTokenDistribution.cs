using System.Buffers;
using System.Numerics.Tensors;

namespace SeqServe.Core.Decoding;

/// <summary>The distribution of the next token, from one row's logits.</summary>
public readonly ref struct NextTokenDistribution
{
    // Further below the largest a weight is 0 in float, and so is its share of the entropy; -infinity times 0 would be NaN.
    private const float Nothing = -100;

    private readonly ReadOnlySpan<float> _logits;
    private readonly double _temperature;
    private readonly float _max;
    private readonly double _logMass;

    /// <summary>Reads logits.</summary>
    /// <param name="logits">Logits <c>[V]</c>; left as they are, and read again by the members.</param>
    /// <param name="temperature">They are divided by it; above 0.</param>
    /// <exception cref="ArithmeticException">A logit is NaN or all are infinite.</exception>
    public NextTokenDistribution(ReadOnlySpan<float> logits, double temperature = 1)
    {
        _logits = logits;
        _temperature = temperature;
        _max = TensorPrimitives.Max(logits);
        var rented = ArrayPool<float>.Shared.Rent(2 * logits.Length);
        try
        {
            var weights = rented.AsSpan(0, logits.Length);
            var exponents = rented.AsSpan(logits.Length, logits.Length);
            logits.CopyTo(weights);
            LogitsMath.Exponentials(weights, temperature);
            TensorPrimitives.Subtract(logits, _max, exponents);
            TensorPrimitives.Multiply(exponents, (float)(1 / temperature), exponents);
            TensorPrimitives.Max(exponents, Nothing, exponents);
            double mass = TensorPrimitives.Sum(weights);
            _logMass = Math.Log(mass);
            Entropy = Math.Max(0, _logMass - (TensorPrimitives.Dot(weights, exponents) / mass));
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <summary>Entropy in nats: 0 when one token is certain, ln V when all are equally probable.</summary>
    public double Entropy { get; }

    /// <summary>Natural logarithm of a token's probability.</summary>
    public double LogProbability(int token) => ((_logits[token] - (double)_max) / _temperature) - _logMass;

    /// <summary>The most probable tokens, best first; of equal ones the lower id comes first.</summary>
    /// <param name="count">How many, 1 to V.</param>
    public TokenCandidate[] Best(int count)
    {
        var ids = ArrayPool<int>.Shared.Rent(count);
        try
        {
            TopSelection.Select(_logits, ids.AsSpan(0, count));
            var best = new TokenCandidate[count];
            for (var i = 0; i < count; i++)
            {
                var logProbability = LogProbability(ids[i]);
                best[i] = new TokenCandidate(ids[i], Math.Exp(logProbability), logProbability);
            }

            return best;
        }
        finally
        {
            ArrayPool<int>.Shared.Return(ids);
        }
    }
}

/// <summary>A token that may come next.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Probability">Its probability, 0 to 1.</param>
/// <param name="LogProbability">Natural logarithm of it, exact also where the probability itself rounds to 0.</param>
public readonly record struct TokenCandidate(int Id, double Probability, double LogProbability);
