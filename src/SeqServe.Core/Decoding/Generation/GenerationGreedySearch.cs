using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace SeqServe.Core.Decoding.Generation;

/// <summary>
/// The most probable token at every step, behind the processors (<c>GenerationMixin._sample</c> of transformers 4.57 without drawing); of equal ones the
/// lower id. Its score is the sum of the log-probabilities of its tokens, behind the processors as well; transformers gives none.
/// </summary>
internal sealed class GenerationGreedySearch : ISearch
{
    private readonly GenerationSettings _settings;
    private readonly Action<int, double>? _chosen;
    private readonly LogitsProcessors _processors;
    private readonly int _limit;
    private readonly List<int> _context;
    private readonly NextRow[] _following = new NextRow[1];
    private Hypothesis? _found;
    private double _logProbability;
    private int _token;

    /// <param name="settings">What is allowed and forced; beams do not count.</param>
    /// <param name="chosen">Called with each token and its log-probability as soon as it is chosen, but not with an end id; or null.</param>
    public GenerationGreedySearch(GenerationSettings settings, Action<int, double>? chosen = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.LengthLimit, 2);
        _settings = settings;
        _chosen = chosen;
        _processors = new LogitsProcessors(settings);
        _limit = settings.LengthLimit;
        _context = [settings.DecoderStartId];
    }

    /// <inheritdoc/>
    public IReadOnlyList<Hypothesis> Hypotheses => _found is { } found ? [found] : [];

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<float> logits)
    {
        if (_processors.IsEmpty)
        {
            Choose(logits);
            return;
        }

        LogitsMath.ThrowIfUnusable(TensorPrimitives.Max(logits));
        var rented = ArrayPool<float>.Shared.Rent(logits.Length);
        try
        {
            var scores = rented.AsSpan(0, logits.Length);
            logits.CopyTo(scores);
            _processors.Process(CollectionsMarshal.AsSpan(_context), scores);
            Choose(scores);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<NextRow> Advance()
    {
        if (_settings.EndIds.Contains(_token))
            return End(FinishReason.Eos);
        if (_context.Count >= _limit)
            return End(FinishReason.Length);
        _following[0] = new NextRow(0, _token);
        return _following;
    }

    private void Choose(ReadOnlySpan<float> scores)
    {
        _token = TensorPrimitives.IndexOfMax(scores);
        var logProbability = scores[_token] - LogitsMath.LogSumExp(scores, scores[_token]);
        _logProbability += logProbability;
        if (_settings.EndIds.Contains(_token))
            return;
        _context.Add(_token);
        _chosen?.Invoke(_token, logProbability);
    }

    private ReadOnlySpan<NextRow> End(FinishReason reason)
    {
        _found = new Hypothesis([.. _context.Skip(1)], new int[_context.Count - 1], _logProbability, reason);
        return [];
    }
}
