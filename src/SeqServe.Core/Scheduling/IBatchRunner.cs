namespace SeqServe.Core.Scheduling;

/// <summary>Runs the rows of one batch.</summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
public interface IBatchRunner<TRow>
    where TRow : QueuedRow
{
    /// <summary>CPU threads that one run takes.</summary>
    int ThreadsPerRun => 1;

    /// <summary>Runs that may go on at once; no batch is assembled for a further one.</summary>
    int ConcurrentRuns => int.MaxValue;

    /// <summary>Runs all rows in one go on the calling thread and writes each row's result into the row. Called from several threads at once.</summary>
    /// <param name="rows">1 to <see cref="BatchLimits.MaxBatchSize"/> rows.</param>
    void Run(IReadOnlyList<TRow> rows);
}
