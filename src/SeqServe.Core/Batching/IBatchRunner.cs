namespace SeqServe.Core.Batching;

/// <summary>Runs the rows of one batch.</summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
public interface IBatchRunner<TRow>
    where TRow : QueuedRow
{
    /// <summary>CPU threads that one run takes.</summary>
    int ThreadsPerRun => 1;

    /// <summary>Runs that may go on at once; no batch is assembled for a further one.</summary>
    int ConcurrentRuns => int.MaxValue;

    /// <summary>Runs that may go on at once as of now, at most <see cref="ConcurrentRuns"/>; where it is 0, rows wait in the queue.</summary>
    int PossibleRuns => ConcurrentRuns;

    /// <summary>Whether the length of a row is its number of tokens, which metrics count; false where it is another measure of size.</summary>
    bool CountsTokens => true;

    /// <summary>CPU threads that a run on the latency session takes; no more than <see cref="ThreadsPerRun"/> where there is none.</summary>
    int LatencyThreads => ThreadsPerRun;

    /// <summary>Sets what is called, on any thread, each time that <see cref="PossibleRuns"/> has grown.</summary>
    void WhenMoreRuns(Action notify)
    {
    }

    /// <summary>As <see cref="Run"/>, on the latency session: on more threads, for rows that have the machine to themselves.</summary>
    /// <param name="rows">As for <see cref="Run"/>.</param>
    void RunOnLatencySession(IReadOnlyList<TRow> rows) => Run(rows);

    /// <summary>Runs all rows in one go on the calling thread and writes each row's result into the row. Called from several threads at once.</summary>
    /// <param name="rows">1 to <see cref="BatchLimits.MaxBatchSize"/> rows.</param>
    void Run(IReadOnlyList<TRow> rows);
}
