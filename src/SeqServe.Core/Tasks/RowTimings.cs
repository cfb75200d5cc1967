using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Tasks;

/// <summary>Where the time of one request's rows went.</summary>
internal static class RowTimings
{
    /// <summary>Reads the timestamps of rows that are done, and records the spans of the one that was finished last.</summary>
    /// <param name="rows">The rows, at least one.</param>
    /// <param name="tokenized">Tokenization of all texts.</param>
    /// <param name="time">The clock of the rows.</param>
    public static InferenceTimings Of(IReadOnlyList<QueuedRow> rows, TimeSpan tokenized, TimeProvider time)
    {
        var queue = TimeSpan.Zero;
        var compute = TimeSpan.Zero;
        var batchSize = 0;
        var last = rows[0];
        foreach (var row in rows)
        {
            var waited = time.GetElapsedTime(row.EnqueuedAt, row.StartedAt);
            var ran = time.GetElapsedTime(row.StartedAt, row.FinishedAt);
            queue = waited > queue ? waited : queue;
            compute = ran > compute ? ran : compute;
            batchSize = Math.Max(batchSize, row.BatchSize);
            last = row.FinishedAt > last.FinishedAt ? row : last;
        }

        ServingTracing.RecordQueueAndRun(last.EnqueuedAt, last.StartedAt, last.FinishedAt, last.BatchSize, time);
        return new InferenceTimings(tokenized, queue, compute, batchSize);
    }
}
