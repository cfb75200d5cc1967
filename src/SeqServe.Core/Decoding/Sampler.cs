using System.Buffers;
using System.Numerics.Tensors;

namespace SeqServe.Core.Decoding;

/// <summary>
/// Chooses tokens for one row, with the row's own random numbers: biases and penalties, temperature, top-k, top-p, draw. One thread at a time.
/// </summary>
/// <param name="options">How tokens are chosen.</param>
/// <param name="random">The row's random numbers; not used at temperature 0.</param>
public sealed class Sampler(SamplingOptions options, CounterRandom random)
{
    // A draw adds up blocks first, so that a vocabulary of thousands costs some dozen vector sums and one short walk.
    private const int Block = 256;

    // Nearly every nucleus is within the first so many tokens; when it is not, more are selected.
    private const int NucleusGuess = 64;
    private const int NucleusGrowth = 8;

    private static readonly Dictionary<int, float> s_noBias = [];

    private readonly double _temperature = options.Temperature ?? 1;
    private readonly double _topP = options.TopP ?? 1;
    private readonly Dictionary<int, int>? _counts = options.PresencePenalty != 0 || options.FrequencyPenalty != 0 ? [] : null;

    /// <summary>Chooses a token and counts it as part of the answer.</summary>
    /// <param name="logits">Logits <c>[V]</c>; left as they are.</param>
    /// <exception cref="ArithmeticException">A logit is NaN or all are infinite.</exception>
    public int Next(ReadOnlySpan<float> logits)
    {
        if (_temperature == 0 && TryMostProbable(logits, out var best))
            return best;
        var rented = ArrayPool<float>.Shared.Rent(logits.Length);
        try
        {
            var work = rented.AsSpan(0, logits.Length);
            logits.CopyTo(work);
            Adjust(work);
            var token = _temperature == 0 ? MaxProbable(work) : Draw(work);
            if (_counts is not null)
                _counts[token] = _counts.GetValueOrDefault(token) + 1;
            return token;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    // Without a copy: the most probable token as the graph gave it, unless a bias or a penalty may have made it another.
    private bool TryMostProbable(ReadOnlySpan<float> logits, out int best)
    {
        best = -1;
        if (_counts is not null)
            return false;
        best = MaxProbable(logits);
        foreach (var (token, bias) in options.LogitBias ?? s_noBias)
        {
            if (token == best || logits[token] + bias >= logits[best])
                return false;
        }

        return true;
    }

    // c[j] is how often token j was chosen: logit[j] - c[j] * frequency - (c[j] > 0) * presence, as OpenAI documents it.
    private void Adjust(Span<float> logits)
    {
        foreach (var (token, bias) in options.LogitBias ?? s_noBias)
            logits[token] += bias;
        if (_counts is null)
            return;
        foreach (var (token, count) in _counts)
            logits[token] -= (float)((count * options.FrequencyPenalty) + options.PresencePenalty);
    }

    private static int MaxProbable(ReadOnlySpan<float> logits)
    {
        var best = TensorPrimitives.IndexOfMax(logits);
        LogitsMath.ThrowIfUnusable(logits[best]);
        return best;
    }

    private int Draw(Span<float> logits)
    {
        if (options.TopK is not { } topK || topK >= logits.Length)
        {
            LogitsMath.Exponentials(logits, _temperature);
            return _topP < 1 ? DrawFromNucleus(logits) : DrawFromAll(logits);
        }

        var indices = ArrayPool<int>.Shared.Rent(topK);
        try
        {
            var kept = indices.AsSpan(0, topK);
            LogitsMath.ThrowIfUnusable(TensorPrimitives.Max(logits));
            TopSelection.Select(logits, kept);
            LogitsMath.Exponentials(logits, _temperature);
            return DrawFrom(logits, kept[..NucleusSize(logits, kept, Mass(logits, kept))]);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(indices);
        }
    }

    private int DrawFromNucleus(ReadOnlySpan<float> weights)
    {
        var mass = Mass(weights);
        var indices = ArrayPool<int>.Shared.Rent(weights.Length);
        try
        {
            for (var count = Math.Min(NucleusGuess, weights.Length); ; count = Math.Min(count * NucleusGrowth, weights.Length))
            {
                var kept = indices.AsSpan(0, count);
                TopSelection.Select(weights, kept);
                var size = NucleusSize(weights, kept, mass);
                if (size < count || count == weights.Length)
                    return DrawFrom(weights, kept[..size]);
            }
        }
        finally
        {
            ArrayPool<int>.Shared.Return(indices);
        }
    }

    /// <summary>How many of the most probable tokens it takes to have the share top-p of the mass; all of them if they have less.</summary>
    private int NucleusSize(ReadOnlySpan<float> weights, ReadOnlySpan<int> kept, double mass)
    {
        if (_topP >= 1)
            return kept.Length;
        var wanted = _topP * mass;
        var sum = 0.0;
        for (var i = 0; i < kept.Length; i++)
        {
            sum += weights[kept[i]];
            if (sum >= wanted)
                return i + 1;
        }

        return kept.Length;
    }

    private int DrawFrom(ReadOnlySpan<float> weights, ReadOnlySpan<int> kept)
    {
        var left = random.NextDouble() * Mass(weights, kept);
        foreach (var index in kept)
        {
            left -= weights[index];
            if (left < 0)
                return index;
        }

        return kept[0];
    }

    private int DrawFromAll(ReadOnlySpan<float> weights)
    {
        var left = random.NextDouble() * Mass(weights);
        var last = 0;
        for (var start = 0; start < weights.Length; start += Block)
        {
            var block = weights.Slice(start, Math.Min(Block, weights.Length - start));
            var sum = (double)TensorPrimitives.Sum(block);
            if (left >= sum)
            {
                left -= sum;
                continue;
            }

            for (var i = 0; i < block.Length; i++)
            {
                if (block[i] == 0)
                    continue;
                last = start + i;
                left -= block[i];
                if (left < 0)
                    return last;
            }

            // What rounding left over of this block belongs to its last possible token.
            return last;
        }

        return TensorPrimitives.IndexOfMax(weights);
    }

    private static double Mass(ReadOnlySpan<float> weights)
    {
        var mass = 0.0;
        for (var start = 0; start < weights.Length; start += Block)
            mass += TensorPrimitives.Sum(weights.Slice(start, Math.Min(Block, weights.Length - start)));
        return mass;
    }

    private static double Mass(ReadOnlySpan<float> weights, ReadOnlySpan<int> kept)
    {
        var mass = 0.0;
        foreach (var index in kept)
            mass += weights[index];
        return mass;
    }
}
