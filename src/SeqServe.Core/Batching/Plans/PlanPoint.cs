namespace SeqServe.Core.Batching.Plans;

/// <summary>One point of a model's grid.</summary>
/// <param name="Rows">Rows of the run.</param>
/// <param name="Length">Tokens of each row.</param>
/// <param name="Time">Shortest run seen.</param>
/// <param name="Threads">CPU threads of the run.</param>
public readonly record struct PlanPoint(int Rows, int Length, TimeSpan Time, int Threads = 1)
{
    /// <summary>What one row of the run cost.</summary>
    public TimeSpan TimePerRow => Time / Rows;
}
