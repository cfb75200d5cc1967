using SeqServe.Core.Batching;

namespace SeqServe.Core.Tasks;

/// <summary>Waits for the rows of one request, at most until its deadline and only as long as its caller is there.</summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
internal sealed class RowWait<TRow>(IRowOwner<TRow> batcher, IReadOnlyList<TRow> rows, CancellationToken cancellation)
    where TRow : QueuedRow
{
    /// <summary>Returns when all rows are done; otherwise throws the first failure and lets the other rows go.</summary>
    /// <param name="left">Time left until the deadline, or null for none.</param>
    /// <param name="time">The clock.</param>
    public async Task WaitAsync(TimeSpan? left, TimeProvider time)
    {
        using var cancelled = cancellation.UnsafeRegister(static state => ((RowWait<TRow>)state!).CancelByCaller(), this);
        using var deadline = left is { } due ? time.CreateTimer(static state => ((RowWait<TRow>)state!).CancelLate(), this, due, Timeout.InfiniteTimeSpan) : null;
        try
        {
            for (var i = 0; i < rows.Count; i++)
                await rows[i].Completion.ConfigureAwait(false);
        }
        catch
        {
            CancelByCaller();
            throw;
        }
    }

    private void CancelByCaller() => CancelAll(new OperationCanceledException(cancellation));

    private void CancelLate() => CancelAll(RequestDeadline.Over());

    private void CancelAll(Exception reason)
    {
        for (var i = 0; i < rows.Count; i++)
            batcher.Cancel(rows[i], reason);
    }
}
