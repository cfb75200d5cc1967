using SeqServe.Core.Batching;

namespace SeqServe.Core.Decoding;

/// <summary>How much may be prefilled between two decode steps, so that streams in flight keep their pace.</summary>
/// <param name="maxTokens">Most tokens in any case: the batch limit.</param>
internal sealed class PrefillBudget(int maxTokens)
{
    // A stream's gap becomes a step and this share of one.
    private const double ShareOfStep = 0.5;

    // Of fewer tokens of whole inputs the overhead of the run would be most of its time.
    private const int MinTokens = 16;

    /// <summary>Most tokens in any case.</summary>
    public int MaxTokens => maxTokens;

    private readonly ServiceRate _prefill = new();
    private readonly ColumnTimes _columns = new();
    private readonly ColumnTimes _steps = new();

    /// <summary>Notes a prefill.</summary>
    /// <param name="rows">Its rows.</param>
    /// <param name="time">Its padded length.</param>
    /// <param name="took">How long it took.</param>
    public void Prefilled(int rows, int time, TimeSpan took)
    {
        _prefill.Add((long)rows * time, took);
        _columns.Add(rows, time, took);
    }

    /// <summary>Notes a step.</summary>
    public void Stepped(int rows, TimeSpan took) => _steps.Add(rows, 1, took);

    /// <summary>Tokens of inputs that are read whole: as many as take about as long as a step.</summary>
    /// <param name="activeRows">Rows that wait for their next step meanwhile.</param>
    public int Tokens(int activeRows)
    {
        var perToken = _prefill.PredictWait(1, 1);
        if (activeRows == 0 || perToken == TimeSpan.Zero)
            return maxTokens;
        return (int)Math.Clamp(_steps.Of(activeRows) / perToken, Math.Min(MinTokens, maxTokens), maxTokens);
    }

    /// <summary>Tokens of each of several inputs that are read piece by piece: as many as take a share of a step, at least one.</summary>
    /// <param name="activeRows">Rows that wait for their next step meanwhile.</param>
    /// <param name="readingRows">Inputs that are read side by side.</param>
    public int Columns(int activeRows, int readingRows)
    {
        var largest = Math.Max(1, maxTokens / readingRows);
        var perColumn = _columns.Of(readingRows);
        if (activeRows == 0 || perColumn == TimeSpan.Zero)
            return largest;
        // What is read now steps with the others next: that step is the pace to keep.
        return (int)Math.Clamp(ShareOfStep * (_steps.Of(activeRows + readingRows) / perColumn), 1, largest);
    }
}
