using System.Numerics.Tensors;

namespace SeqServe.Core.Decoding;

/// <summary>The most probable token at every step; of equal ones the lower id.</summary>
/// <param name="maxTokens">Most tokens, without the end id; at least 1.</param>
/// <param name="endId">The id that ends the sequence.</param>
/// <param name="lengthPenalty">Alpha of <see cref="LengthPenalty"/>, for the score alone.</param>
/// <param name="chosen">Called with each token and its log-probability as soon as it is chosen, but not with the end id; or null.</param>
public sealed class GreedySearch(int maxTokens, int endId, double lengthPenalty = 1, Action<int, double>? chosen = null) : ISearch
{
    private readonly List<int> _tokens = [];
    private readonly NextRow[] _following = new NextRow[1];
    private Hypothesis? _found;
    private double _logProbability;
    private int _token;

    /// <inheritdoc/>
    public IReadOnlyList<Hypothesis> Hypotheses => _found is { } found ? [found] : [];

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<float> logits)
    {
        _token = TensorPrimitives.IndexOfMax(logits);
        var logProbability = logits[_token] - LogitsMath.LogSumExp(logits, logits[_token]);
        _logProbability += logProbability;
        if (_token == endId)
            return;
        _tokens.Add(_token);
        chosen?.Invoke(_token, logProbability);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<NextRow> Advance()
    {
        if (_token == endId)
            return End(_tokens.Count + 1, FinishReason.Eos);
        if (_tokens.Count == maxTokens)
            return End(_tokens.Count, FinishReason.Length);
        _following[0] = new NextRow(0, _token);
        return _following;
    }

    private ReadOnlySpan<NextRow> End(int length, FinishReason reason)
    {
        _found = new Hypothesis([.. _tokens], new int[_tokens.Count], LengthPenalty.Normalize(_logProbability, length, lengthPenalty), reason);
        return [];
    }
}
