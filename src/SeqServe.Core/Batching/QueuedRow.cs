using System.Diagnostics;

namespace SeqServe.Core.Batching;

/// <summary>
/// One row that waits for a batch, runs in it and is completed. The caller owns it again once <see cref="Completion"/> is done.
/// </summary>
public abstract class QueuedRow
{
    private readonly TaskCompletionSource _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state = (int)RowState.Waiting;

    /// <summary>Makes a row.</summary>
    /// <param name="length">Its tokens, at least 1.</param>
    /// <param name="traceContext">The request's span, linked from the batch's span.</param>
    protected QueuedRow(int length, ActivityContext traceContext)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        Length = length;
        TraceContext = traceContext;
    }

    /// <summary>Tokens of the row.</summary>
    public int Length { get; }

    /// <summary>Rows of different kinds never share a batch.</summary>
    public int Kind { get; init; }

    /// <summary>The request's span.</summary>
    public ActivityContext TraceContext { get; }

    /// <summary>Whether it goes before or behind others.</summary>
    public RowPriority Priority { get; init; } = RowPriority.Normal;

    /// <summary>Whether its request was the only one when it was queued.</summary>
    internal bool IsLone { get; set; }

    /// <summary>Says why nobody waits for the row any more; null where that ends the row's wait by <see cref="Cancel"/>.</summary>
    internal Func<Exception?>? IsOver { get; set; }

    /// <summary>Its place on the queue's time line: when it was queued, and its class's handicap, in ticks of the clock.</summary>
    internal long Rank { get; private set; }

    /// <summary>When the row was queued, as a <see cref="TimeProvider"/> timestamp.</summary>
    public long EnqueuedAt { get; internal set; }

    /// <summary>When its last run began.</summary>
    public long StartedAt { get; internal set; }

    /// <summary>When its last run ended.</summary>
    public long FinishedAt { get; internal set; }

    /// <summary>Rows in the batch it ran in.</summary>
    public int BatchSize { get; internal set; }

    /// <summary>Done when the result is in the row; fails with the row's own failure, never with that of another row.</summary>
    public Task Completion => _completion.Task;

    internal bool IsCancelled => Volatile.Read(ref _state) == (int)RowState.Cancelled;

    internal bool IsWaiting => Volatile.Read(ref _state) == (int)RowState.Waiting;

    /// <summary>Notes that the row was queued, and its place in the queue.</summary>
    /// <param name="time">The queue's clock.</param>
    /// <param name="now">Its timestamp.</param>
    internal void Enqueued(TimeProvider time, long now)
    {
        EnqueuedAt = now;
        Rank = now + (long)(RowPriorities.Handicap(Priority).TotalSeconds * time.TimestampFrequency);
    }

    /// <summary>Claims a waiting row for a batch; false when it has been cancelled.</summary>
    internal bool TryStart() =>
        Interlocked.CompareExchange(ref _state, (int)RowState.Running, (int)RowState.Waiting) == (int)RowState.Waiting;

    /// <summary>Ends the wait of a row; a run that it is part of goes on without it.</summary>
    /// <returns>Whether the row was still waiting in the queue.</returns>
    internal bool Cancel(Exception reason)
    {
        var wasWaiting = Interlocked.CompareExchange(ref _state, (int)RowState.Cancelled, (int)RowState.Waiting) == (int)RowState.Waiting;
        if (reason is OperationCanceledException cancelled)
            _completion.TrySetCanceled(cancelled.CancellationToken);
        else
            _completion.TrySetException(reason);
        return wasWaiting;
    }

    internal void Complete()
    {
        Volatile.Write(ref _state, (int)RowState.Completed);
        _completion.TrySetResult();
    }

    internal void Fail(Exception reason)
    {
        Volatile.Write(ref _state, (int)RowState.Completed);
        _completion.TrySetException(reason);
    }

    private enum RowState
    {
        // In the queue.
        Waiting,

        // In a batch that runs.
        Running,

        // Its caller has left or its deadline has passed; it must not cost a run.
        Cancelled,

        // Its result or failure is known.
        Completed,
    }
}

/// <summary>Holds rows that wait or run.</summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
public interface IRowOwner<in TRow>
    where TRow : QueuedRow
{
    /// <summary>Ends the wait of a row whose caller has left or whose deadline has passed. A run that it is part of goes on without it.</summary>
    /// <param name="row">The row.</param>
    /// <param name="reason">What its <see cref="QueuedRow.Completion"/> ends with.</param>
    void Cancel(TRow row, Exception reason);
}
