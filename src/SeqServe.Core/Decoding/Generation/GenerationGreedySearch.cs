using System.Buffers;
using System.Numerics.Tensors;

namespace SeqServe.Core.Decoding.Generation;

/// <summary>
/// The most probable token at every step, behind the processors (<c>GenerationMixin._sample</c> of transformers 4.57 without drawing); of equal ones the
/// lower id. Its score is the sum of the log-probabilities of its tokens, behind the processors as well; transformers gives none. Where the settings forbid
/// every token the answer is over; transformers goes on with token 0.
/// </summary>
internal sealed class GenerationGreedySearch : ISearch
{
    private readonly GenerationSettings _settings;
    private readonly Action<int, double>? _chosen;
    private readonly AnswerRules _rules;
    private readonly NextRow[] _following = new NextRow[1];
    private Hypothesis? _found;
    private double _logProbability;
    private int? _token;

    /// <param name="settings">What is allowed and forced; beams do not count.</param>
    /// <param name="chosen">Called with each token and its log-probability as soon as it is chosen, but not with an end id; or null.</param>
    public GenerationGreedySearch(GenerationSettings settings, Action<int, double>? chosen = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.LengthLimit, 2);
        _settings = settings;
        _chosen = chosen;
        _rules = new AnswerRules(settings);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Hypothesis> Hypotheses => _found is { } found ? [found] : [];

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<float> logits)
    {
        if (_rules.IsEmpty)
        {
            Choose(logits);
            return;
        }

        var rented = ArrayPool<float>.Shared.Rent(logits.Length);
        try
        {
            var scores = rented.AsSpan(0, logits.Length);
            if (_rules.TryApply(logits, scores))
                Choose(scores);
            else
                _token = null;
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<NextRow> Advance()
    {
        if (_token is not { } token)
            return End(FinishReason.Length);
        if (_settings.EndIds.Contains(token))
            return End(FinishReason.Eos);
        if (_rules.IsFull)
            return End(FinishReason.Length);
        _following[0] = new NextRow(0, token);
        return _following;
    }

    private void Choose(ReadOnlySpan<float> scores)
    {
        var token = TensorPrimitives.IndexOfMax(scores);
        var logProbability = scores[token] - LogitsMath.LogSumExp(scores, scores[token]);
        _token = token;
        _logProbability += logProbability;
        if (_settings.EndIds.Contains(token))
            return;
        _rules.Add(token);
        _chosen?.Invoke(token, logProbability);
    }

    private ReadOnlySpan<NextRow> End(FinishReason reason)
    {
        var tokens = _rules.Tokens;
        _found = new Hypothesis(tokens.ToArray(), new int[tokens.Length], _logProbability, reason);
        return [];
    }
}
