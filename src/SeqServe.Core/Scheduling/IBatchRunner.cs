namespace SeqServe.Core.Scheduling;

/// <summary>Runs the rows of one batch.</summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
public interface IBatchRunner<TRow>
    where TRow : QueuedRow
{
    /// <summary>Runs all rows in one go on the calling thread and writes each row's result into the row. Called from several threads at once.</summary>
    /// <param name="rows">1 to <see cref="BatchLimits.MaxBatchSize"/> rows.</param>
    void Run(IReadOnlyList<TRow> rows);
}
