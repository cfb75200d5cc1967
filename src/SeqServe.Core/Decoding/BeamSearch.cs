namespace SeqServe.Core.Decoding;

/// <summary>
/// Beam search with the length penalty of GNMT (Wu et al. 2016), step for step as the training recipes evaluate with it: it is over when it has as many
/// finished sequences as beams, or at its most tokens; what lives then counts as it is.
/// </summary>
public sealed class BeamSearch : ISearch
{
    private readonly int _beams;
    private readonly int _maxTokens;
    private readonly int _endId;
    private readonly double _lengthPenalty;
    private readonly BeamHistory _history = new();
    private readonly List<BeamCandidate> _candidates;
    private readonly List<Hypothesis> _finished = [];
    private readonly int[] _best;
    private readonly NextRow[] _following;
    private Beam[] _live;
    private Beam[] _next;
    private int _liveCount = 1;
    private int _read;
    private int _length;

    /// <summary>Begins with one beam: equal beams would crowd out the others.</summary>
    /// <param name="beams">Rows that live side by side, at least 1.</param>
    /// <param name="maxTokens">Most tokens, without the end id; at least 1.</param>
    /// <param name="endId">The id that ends a sequence.</param>
    /// <param name="lengthPenalty">Alpha of <see cref="LengthPenalty"/>.</param>
    public BeamSearch(int beams, int maxTokens, int endId, double lengthPenalty = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(beams, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTokens, 1);
        _beams = beams;
        _maxTokens = maxTokens;
        _endId = endId;
        _lengthPenalty = lengthPenalty;
        _best = new int[2 * beams];
        _candidates = new List<BeamCandidate>(2 * beams * beams);
        _following = new NextRow[beams];
        _live = new Beam[beams];
        _next = new Beam[beams];
        _live[0] = new Beam(BeamHistory.None, 0);
    }

    /// <inheritdoc/>
    public IReadOnlyList<Hypothesis> Hypotheses { get; private set; } = [];

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<float> logits)
    {
        var row = _read++;
        var soFar = _live[row].LogProbability - LogitsMath.LogSumExp(logits);
        // Half of the best 2k at most are ends, so k beams can go on.
        var best = _best.AsSpan(0, Math.Min(_best.Length, logits.Length));
        TopSelection.Select(logits, best);
        foreach (var token in best)
            _candidates.Add(new BeamCandidate(soFar + logits[token], row, token));
    }

    /// <inheritdoc/>
    public ReadOnlySpan<NextRow> Advance()
    {
        _length++;
        _candidates.Sort(static (a, b) => a.CompareTo(b));
        var kept = Take();
        _candidates.Clear();
        _read = 0;
        (_live, _next, _liveCount) = (_next, _live, kept);
        if (kept > 0 && _length >= _maxTokens)
        {
            for (var i = 0; i < kept; i++)
                _finished.Add(Found(_live[i].Node, _live[i].LogProbability, _length, FinishReason.Length));
            kept = 0;
        }

        if (kept > 0 && _finished.Count < _beams)
            return _following.AsSpan(0, kept);
        Hypotheses = [.. _finished.OrderByDescending(hypothesis => hypothesis.Score)];
        return [];
    }

    private int Take()
    {
        var kept = 0;
        var count = Math.Min(_candidates.Count, 2 * _beams);
        for (var rank = 0; rank < count && kept < _beams; rank++)
        {
            var candidate = _candidates[rank];
            if (candidate.Token == _endId)
            {
                // An end that more probable beams would have pushed out is no end.
                if (rank < _beams)
                    _finished.Add(Found(_live[candidate.Beam].Node, candidate.LogProbability, _length, FinishReason.Eos));
                continue;
            }

            _next[kept] = new Beam(_history.Add(_live[candidate.Beam].Node, candidate.Token, candidate.Beam), candidate.LogProbability);
            _following[kept++] = new NextRow(candidate.Beam, candidate.Token);
        }

        return kept;
    }

    private Hypothesis Found(int node, double logProbability, int length, FinishReason reason) =>
        _history.Hypothesis(node, reason == FinishReason.Eos ? length - 1 : length, LengthPenalty.Normalize(logProbability, length, _lengthPenalty), reason);

    private readonly record struct Beam(int Node, double LogProbability);
}
