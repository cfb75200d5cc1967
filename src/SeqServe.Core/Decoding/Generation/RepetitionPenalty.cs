using System.Buffers;

namespace SeqServe.Core.Decoding.Generation;

/// <summary>Makes each token of the context less probable, once however often it is there (Keskar et al. 2019, section 4.1).</summary>
internal sealed class RepetitionPenalty : ILogitsProcessor
{
    private readonly float _penalty;

    /// <param name="penalty">Positive scores are divided by it and negative ones multiplied; above 0.</param>
    public RepetitionPenalty(double penalty)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(penalty);
        _penalty = (float)penalty;
    }

    /// <inheritdoc/>
    public void Process(ReadOnlySpan<int> context, Span<float> scores)
    {
        // Read all before any is written: a token that is there twice is not penalized twice.
        var before = ArrayPool<float>.Shared.Rent(context.Length);
        for (var i = 0; i < context.Length; i++)
            before[i] = scores[context[i]];
        for (var i = 0; i < context.Length; i++)
            scores[context[i]] = before[i] < 0 ? before[i] * _penalty : before[i] / _penalty;
        ArrayPool<float>.Shared.Return(before);
    }
}
