using SeqServe.Core.Backends;

namespace SeqServe.Core.Decoding;

/// <summary>
/// Reads the prompts of a language model in chunks, on rows of their own, so that a long prompt does not hold up the streams in flight. A prompt that is
/// wholly read gives the first token and moves to the rows of the loop.
/// </summary>
/// <param name="prompts">Rows for the prompts; owned by this object.</param>
/// <param name="rows">The rows of the loop; owned by this object.</param>
/// <param name="padId">The id that fills the tail of shorter rows.</param>
internal sealed class PromptPrefill(ILanguageModelRows prompts, ILanguageModelRows rows, int padId) : Prefill
{
    /// <summary>Makes the rows of a loop.</summary>
    /// <param name="backend">The model; owned by the caller.</param>
    /// <param name="padId">As for the constructor.</param>
    public static PromptPrefill Open(ILanguageModelBackend backend, int padId)
    {
        var prompts = backend.NewRows();
        try
        {
            return new PromptPrefill(prompts, backend.NewRows(), padId);
        }
        catch
        {
            prompts.Dispose();
            throw;
        }
    }

    private readonly List<ActiveSequence> _reading = [];
    private readonly List<int> _read = [];
    private readonly List<int> _slot = [0];
    private readonly List<SlotSequence> _whole = [];

    public override IDecoderRows Rows => rows;

    public override IReadOnlyList<ActiveSequence> Reading => _reading;

    public override bool ReadsPieces => true;

    public override void Add(List<ActiveSequence> sequences)
    {
        foreach (var sequence in sequences)
        {
            prompts.Begin(sequence.BeginState);
            _reading.Add(sequence);
            _read.Add(0);
        }
    }

    public override void RemoveFinished()
    {
        for (var i = _reading.Count - 1; i >= 0; i--)
        {
            if (_reading[i].Completion.IsCompleted)
                RemoveAt(i);
        }
    }

    public override void Clear()
    {
        _reading.Clear();
        _read.Clear();
        while (prompts.Count > 0)
            prompts.RemoveAt(prompts.Count - 1);
    }

    public override IReadOnlyList<SlotSequence> Run(DecodeRuns runs, SequenceAdvance advance)
    {
        using var batch = Chunk(0, _reading.Count, runs.Budget.Columns(rows.Count, _reading.Count));
        if (runs.TryPrefill(_reading, batch, () => prompts.Read(batch)))
            Count(0, batch);
        else
            ReadOneByOne(batch.Time, runs);
        return Release(advance);
    }

    public override void Dispose()
    {
        prompts.Dispose();
        rows.Dispose();
    }

    private void ReadOneByOne(int time, DecodeRuns runs)
    {
        for (var i = 0; _reading.Count > 1 && i < _reading.Count; i++)
        {
            if (_reading[i].Completion.IsCompleted)
                continue;
            using var chunk = Chunk(i, 1, time);
            var row = i;
            if (runs.TryPrefill([_reading[i]], chunk, () => prompts.Read(chunk, row)))
                Count(i, chunk);
        }
    }

    // The next tokens of each row: all rows make progress, the short ones are whole first.
    private PaddedBatch Chunk(int first, int count, int maxColumns) => PaddedBatch.Of(
        count, (Prefill: this, First: first, MaxColumns: maxColumns), static (chunk, i) => chunk.Prefill.Next(chunk.First + i, chunk.MaxColumns), padId);

    private ReadOnlySpan<int> Next(int row, int maxColumns)
    {
        var rest = _reading[row].Input[_read[row]..];
        return rest[..Math.Min(maxColumns, rest.Length)];
    }

    private void Count(int first, PaddedBatch batch)
    {
        var lengths = batch.Lengths.Span;
        for (var i = 0; i < lengths.Length; i++)
            _read[first + i] += (int)lengths[i];
    }

    // Advancing and moving come first, taking out last: the logits are found by the slot at the run.
    private List<SlotSequence> Release(SequenceAdvance advance)
    {
        _whole.Clear();
        for (var i = 0; i < _reading.Count; i++)
        {
            if (!IsWhole(i) || _reading[i].Completion.IsCompleted)
                continue;
            var whole = new SlotSequence(_reading[i]);
            _slot[0] = i;
            if (!advance.TryAdvance(whole, prompts, _slot))
                continue;
            rows.Append(prompts, i);
            whole.Place(rows.Count - 1, whole.Following.Rows[0].Token);
            _whole.Add(whole);
        }

        for (var i = _reading.Count - 1; i >= 0; i--)
        {
            if (IsWhole(i) || _reading[i].Completion.IsCompleted)
                RemoveAt(i);
        }

        return _whole;
    }

    private bool IsWhole(int index) => _read[index] >= _reading[index].Length;

    private void RemoveAt(int index)
    {
        prompts.RemoveAt(index);
        _reading[index] = _reading[^1];
        _read[index] = _read[^1];
        _reading.RemoveAt(_reading.Count - 1);
        _read.RemoveAt(_read.Count - 1);
    }
}
