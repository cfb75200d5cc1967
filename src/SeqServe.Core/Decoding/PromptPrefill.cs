using SeqServe.Core.Backends;

namespace SeqServe.Core.Decoding;

/// <summary>
/// Reads the prompts of a language model in chunks, on rows of their own, so that a long prompt does not hold up the streams in flight. A prompt that is
/// wholly read gives the first token and moves to the lane's rows.
/// </summary>
/// <param name="reading">Rows for the prompts; owned by this object.</param>
/// <param name="rows">The lane's rows.</param>
/// <param name="padId">The id that fills the tail of shorter rows.</param>
internal sealed class PromptPrefill(ILanguageModelRows reading, ILanguageModelRows rows, int padId) : Prefill
{
    private readonly List<ActiveSequence> _joined = [];
    private readonly List<int> _read = [];
    private readonly StepOutputs _outputs = new();

    public override IReadOnlyList<ActiveSequence> Joined => _joined;

    public override bool ReadsPieces => true;

    public override void Join(List<ActiveSequence> sequences)
    {
        foreach (var sequence in sequences)
        {
            reading.Begin(sequence.BeginState);
            _joined.Add(sequence);
            _read.Add(0);
        }
    }

    public override void Drop()
    {
        for (var i = _joined.Count - 1; i >= 0; i--)
        {
            if (_joined[i].Completion.IsCompleted)
                RemoveAt(i);
        }
    }

    public override void Run(DecodeLane lane)
    {
        using var batch = Chunk(0, _joined.Count, lane.PrefillColumns(_joined.Count));
        if (lane.TryPrefill(_joined, batch, () => reading.Read(batch)))
            Count(0, batch);
        else
            ReadOneByOne(batch.Time, lane);
        Release(lane);
    }

    public override void Dispose() => reading.Dispose();

    private void ReadOneByOne(int time, DecodeLane lane)
    {
        for (var i = 0; _joined.Count > 1 && i < _joined.Count; i++)
        {
            using var alone = Chunk(i, 1, time);
            var row = i;
            if (lane.TryPrefill([_joined[i]], alone, () => reading.Read(alone, row)))
                Count(i, alone);
        }
    }

    // The next tokens of each row: all rows get on, the short ones are whole first.
    private PaddedBatch Chunk(int first, int count, int most)
    {
        var longest = 0;
        for (var i = first; i < first + count; i++)
            longest = Math.Max(longest, Math.Min(most, _joined[i].Length - _read[i]));
        var batch = new PaddedBatch(count, longest, padId);
        for (var i = 0; i < count; i++)
        {
            var rest = _joined[first + i].Input[_read[first + i]..];
            batch.SetRow(i, rest[..Math.Min(longest, rest.Length)]);
        }

        return batch;
    }

    private void Count(int first, PaddedBatch batch)
    {
        var lengths = batch.Lengths.Span;
        for (var i = 0; i < lengths.Length; i++)
            _read[first + i] += (int)lengths[i];
    }

    // Advancing and moving come first, taking out last: the logits are found by the place at the run.
    private void Release(DecodeLane lane)
    {
        for (var i = 0; i < _joined.Count; i++)
        {
            if (!IsWhole(i) || _joined[i].Completion.IsCompleted)
                continue;
            var active = new LaneSequence(_joined[i]);
            active.Enter(i, token: 0);
            _outputs.Show(reading, active.Places);
            if (!lane.TryAdvance(active, _outputs))
                continue;
            rows.Append(reading, i);
            lane.EnterAdvanced(active, rows.Count - 1);
        }

        for (var i = _joined.Count - 1; i >= 0; i--)
        {
            _joined[i].Publish();
            if (IsWhole(i) || _joined[i].Completion.IsCompleted)
                RemoveAt(i);
        }
    }

    private bool IsWhole(int index) => _read[index] >= _joined[index].Length;

    private void RemoveAt(int index)
    {
        reading.RemoveAt(index);
        _joined[index] = _joined[^1];
        _read[index] = _read[^1];
        _joined.RemoveAt(_joined.Count - 1);
        _read.RemoveAt(_read.Count - 1);
    }
}
