using System.Buffers;
using System.Numerics.Tensors;

namespace SeqServe.Core.Decoding.Generation;

/// <summary>
/// Beam search as <c>GenerationMixin._beam_search</c> of transformers 4.57 does it, in single precision as there; of equal candidates the one of the earlier
/// beam, then the lower id. Beams of the same tokens, as all are at first, share a row. Where the settings forbid every sequence the answer is empty, as there.
/// </summary>
internal sealed class GenerationBeamSearch : ISearch
{
    private readonly GenerationSettings _settings;
    private readonly LogitsProcessors _processors;
    private readonly int _limit;
    private readonly BeamHistory _history = new();
    private readonly FinishedBeams _finished;
    private readonly List<BeamCandidate> _candidates = [];
    private readonly int[] _best;
    private readonly (float Score, int Rank)[] _kept;
    private readonly NextRow[] _following;
    private Beam[] _beams;
    private Beam[] _nextBeams;
    private int[] _nodes;
    private int[] _nextNodes;
    private int _count;
    private int _keptCount;
    private int _read;
    private int _length;

    /// <summary>Begins with one row for all beams.</summary>
    /// <param name="settings">How it is searched.</param>
    public GenerationBeamSearch(GenerationSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.NumBeams, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.LengthLimit, 2);
        _settings = settings;
        _processors = new LogitsProcessors(settings);
        _limit = settings.LengthLimit;
        _finished = new FinishedBeams(settings.NumBeams);
        // However many of the best are ends, as many as beams go on.
        _best = new int[Math.Max(2, 1 + settings.EndIds.Count) * settings.NumBeams];
        _kept = new (float, int)[settings.NumBeams];
        _following = new NextRow[settings.NumBeams];
        _nextNodes = new int[settings.NumBeams];
        _nodes = new int[settings.NumBeams];
        _nodes[0] = BeamHistory.None;
        _nextBeams = new Beam[settings.NumBeams];
        _beams = new Beam[settings.NumBeams];
        // Equal beams would crowd out the others, so only the first is within reach.
        _beams.AsSpan().Fill(new Beam(FinishedBeams.OutOfReach, 0));
        _beams[0] = new Beam(0, 0);
        _count = settings.NumBeams;
    }

    /// <inheritdoc/>
    public IReadOnlyList<Hypothesis> Hypotheses { get; private set; } = [];

    /// <inheritdoc/>
    public void Read(ReadOnlySpan<float> logits)
    {
        var row = _read++;
        var rented = ArrayPool<float>.Shared.Rent(2 * logits.Length);
        try
        {
            var scores = rented.AsSpan(0, logits.Length);
            var sums = rented.AsSpan(logits.Length, logits.Length);
            LogitsMath.LogSoftMax(logits, scores);
            if (!_processors.IsEmpty)
                _processors.Process(_history.Context(_settings.DecoderStartId, _nodes[row], _length), scores);
            var best = _best.AsSpan(0, Math.Min(_best.Length, logits.Length));
            for (var beam = 0; beam < _count; beam++)
            {
                if (_beams[beam].Row != row)
                    continue;
                TensorPrimitives.Add(scores, _beams[beam].Score, sums);
                TopSelection.Select(sums, best);
                foreach (var token in best)
                    _candidates.Add(new BeamCandidate(sums[token], beam, token));
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(rented);
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<NextRow> Advance()
    {
        _length++;
        _candidates.Sort(static (a, b) => a.CompareTo(b));
        var anyGoesOn = Take();
        if (anyGoesOn && MayImprove(_kept[0].Score) && !(_settings.EarlyStopping == EarlyStopping.WhenFull && _finished.IsFull))
            return Follow();
        Hypotheses = _finished.Beams.Count > 0
            ? [.. _finished.Beams.Select(beam => _history.Hypothesis(beam.Node, beam.Length, beam.Score, beam.Reason))]
            : [new Hypothesis([], [], FinishedBeams.OutOfReach, FinishReason.Length)];
        return [];
    }

    /// <summary>Keeps the best candidates, and puts those that are over with the finished.</summary>
    /// <returns>Whether one of the candidates is not over.</returns>
    private bool Take()
    {
        var lengthPenalty = (float)Math.Pow(_length, _settings.LengthPenalty);
        var anyGoesOn = false;
        _keptCount = 0;
        for (var rank = 0; rank < Math.Min(_candidates.Count, _best.Length); rank++)
        {
            var candidate = _candidates[rank];
            var score = (float)candidate.LogProbability;
            var ends = _settings.EndIds.Contains(candidate.Token);
            var isOver = ends || _length + 1 >= _limit;
            // An end that more probable candidates push out of the beams is no end.
            if (isOver && rank < _beams.Length)
                Finish(candidate, score / lengthPenalty, ends);
            anyGoesOn |= !isOver;
            Keep(isOver ? score + FinishedBeams.OutOfReach : score, rank);
        }

        return anyGoesOn;
    }

    private void Finish(BeamCandidate candidate, float score, bool ends)
    {
        if (!(score > _finished.Worst))
            return;
        var row = _beams[candidate.Beam].Row;
        if (ends)
            _finished.Add(new FinishedBeam(score, _nodes[row], _length - 1, FinishReason.Eos));
        else
            _finished.Add(new FinishedBeam(score, _history.Add(_nodes[row], candidate.Token, row), _length, FinishReason.Length));
    }

    private void Keep(float score, int rank)
    {
        var place = _keptCount;
        while (place > 0 && _kept[place - 1].Score < score)
            place--;
        if (place == _kept.Length)
            return;
        _keptCount = Math.Min(_keptCount + 1, _kept.Length);
        _kept.AsSpan(place, _keptCount - place - 1).CopyTo(_kept.AsSpan(place + 1));
        _kept[place] = (score, rank);
    }

    private bool MayImprove(float bestRunning)
    {
        var length = _settings.EarlyStopping == EarlyStopping.WhenNeverBetter && _settings.LengthPenalty > 0 ? _limit - 1 : _length;
        return bestRunning / (float)Math.Pow(length, _settings.LengthPenalty) > _finished.Worst;
    }

    /// <summary>Gives each kept candidate a row, or the row of an earlier one of the same tokens.</summary>
    private ReadOnlySpan<NextRow> Follow()
    {
        var rows = 0;
        for (var i = 0; i < _keptCount; i++)
        {
            var (score, rank) = _kept[i];
            var candidate = _candidates[rank];
            var parent = _beams[candidate.Beam].Row;
            var following = new NextRow(parent, candidate.Token);
            var row = _following.AsSpan(0, rows).IndexOf(following);
            if (row < 0)
            {
                row = rows++;
                _following[row] = following;
                _nextNodes[row] = _history.Add(_nodes[parent], candidate.Token, parent);
            }

            _nextBeams[i] = new Beam(score, row);
        }

        (_beams, _nextBeams, _count) = (_nextBeams, _beams, _keptCount);
        (_nodes, _nextNodes) = (_nextNodes, _nodes);
        _candidates.Clear();
        _read = 0;
        return _following.AsSpan(0, rows);
    }

    /// <param name="Score">Its log-probability so far.</param>
    /// <param name="Row">The row that has its logits; the last token of row i is node i.</param>
    private readonly record struct Beam(float Score, int Row);
}
