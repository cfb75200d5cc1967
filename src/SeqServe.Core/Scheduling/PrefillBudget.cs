namespace SeqServe.Core.Scheduling;

/// <summary>
/// How many tokens may be prefilled between two decode steps, so that streams in flight keep their pace: as many as take about as long as one step.
/// </summary>
/// <param name="most">Most tokens in any case: the batch limit.</param>
internal sealed class PrefillBudget(int most)
{
    // Fewer would spend the turn on the overhead of the run.
    private const int Least = 16;

    private readonly ServiceRate _prefill = new();
    private readonly ServiceRate _step = new();

    public void Prefilled(long computedTokens, TimeSpan took) => _prefill.Add(computedTokens, took);

    public void Stepped(int rows, TimeSpan took) => _step.Add(rows, took);

    /// <summary>Tokens that the next prefill may compute.</summary>
    /// <param name="activeRows">Rows that wait for their next step meanwhile.</param>
    public int Tokens(int activeRows)
    {
        var perToken = _prefill.PredictWait(1, 1).TotalSeconds;
        if (activeRows == 0 || perToken == 0)
            return most;
        var step = _step.PredictWait(activeRows, 1).TotalSeconds;
        return (int)Math.Clamp(step / perToken, Math.Min(Least, most), most);
    }
}
