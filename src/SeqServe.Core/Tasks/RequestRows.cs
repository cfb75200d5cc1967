using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks;

/// <summary>The rows of one request on their way: waits for them until the deadline passes or the caller leaves.</summary>
/// <typeparam name="TRow">The kind of row.</typeparam>
/// <param name="batcher">Where they were queued.</param>
/// <param name="rows">The rows; none is a request that needs no run.</param>
/// <param name="fieldOf">The name of the request's field that a row, by its place, belongs to.</param>
/// <param name="model">The model that takes them.</param>
/// <param name="deadline">Until when the answer is of use.</param>
/// <param name="cancellation">Cancelled when the caller has left.</param>
internal sealed class RequestRows<TRow>(
    IRowOwner<TRow> batcher, IReadOnlyList<TRow> rows, Func<int, string> fieldOf, ServedModel model, RequestDeadline deadline, CancellationToken cancellation)
    where TRow : QueuedRow
{
    /// <summary>Returns when all rows are done; otherwise throws the first failure and cancels the other rows.</summary>
    /// <param name="tokenized">How long tokenization took.</param>
    /// <param name="observed">Receives the timings.</param>
    /// <exception cref="ServingException">A row failed, and which fields its failure belongs to; or the deadline has passed.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public async Task<InferenceTimings> WaitAsync(TimeSpan tokenized, ServedRequest observed)
    {
        var time = deadline.Time;
        try
        {
            await CompletionAsync().ConfigureAwait(false);
        }
        catch (ServingException e) when (e.Code == ServingErrorCode.InferenceFailed)
        {
            throw NameFields(e);
        }
        catch
        {
            // Requests that were not answered have waited too: without them the histogram would show only the survivors of an overload.
            model.Metrics.Waited(time.GetElapsedTime(rows[0].EnqueuedAt));
            throw;
        }

        var timings = rows.Count > 0 ? RowTimings.Of(rows, tokenized, time) : new InferenceTimings(tokenized, TimeSpan.Zero, TimeSpan.Zero, 0);
        observed.Timings = timings;
        model.Metrics.Answered(timings);
        return timings;
    }

    private async Task CompletionAsync()
    {
        using var cancelled = cancellation.UnsafeRegister(static state => ((RequestRows<TRow>)state!).CancelAbandoned(), this);
        using var timer = deadline.Left is { } due
            ? deadline.Time.CreateTimer(static state => ((RequestRows<TRow>)state!).CancelLate(), this, due, Timeout.InfiniteTimeSpan)
            : null;
        try
        {
            for (var i = 0; i < rows.Count; i++)
                await rows[i].Completion.ConfigureAwait(false);
        }
        catch
        {
            CancelAbandoned();
            throw;
        }
    }

    private void CancelAbandoned() => CancelAll(new OperationCanceledException(cancellation));

    private void CancelLate() => CancelAll(RequestDeadline.Over());

    private void CancelAll(Exception reason)
    {
        for (var i = 0; i < rows.Count; i++)
            batcher.Cancel(rows[i], reason);
    }

    private ServingException NameFields(ServingException failure)
    {
        var errors = new Dictionary<string, string[]>();
        for (var i = 0; i < rows.Count; i++)
        {
            if (rows[i].Completion.IsFaulted)
                errors[fieldOf(i)] = [failure.Message];
        }

        return new ServingException(failure.Code, $"{string.Join(", ", errors.Keys)}: {failure.Message}", failure) { FieldErrors = errors };
    }
}

/// <summary>How long the answer to a request is of use.</summary>
/// <param name="Timeout">Time the caller gave, or null for any.</param>
/// <param name="Started">When the request began, as a timestamp of <paramref name="Time"/>.</param>
/// <param name="Time">The clock.</param>
public readonly record struct RequestDeadline(TimeSpan? Timeout, long Started, TimeProvider Time)
{
    // The longest that a timer takes are 49 days; callers of gRPC may name any time.
    private static readonly TimeSpan s_longest = TimeSpan.FromDays(45);

    /// <summary>Time left, or null for any; never negative, and never more than a timer takes.</summary>
    public TimeSpan? Left => Timeout is { } timeout
        ? TimeSpan.FromTicks(Math.Clamp((timeout - Time.GetElapsedTime(Started)).Ticks, 0, s_longest.Ticks))
        : null;

    /// <summary>The failure of a request whose deadline has passed.</summary>
    public static ServingException Over() =>
        new(ServingErrorCode.DeadlineExceeded, "The deadline passed before the answer was ready. Allow more time or send fewer inputs.");

    /// <summary>Ends work for an answer that is of no use any more.</summary>
    /// <exception cref="ServingException">The deadline has passed.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public void ThrowIfOver(CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (Left == TimeSpan.Zero)
            throw Over();
    }
}

/// <summary>What is wrong with the inputs of one request, which is refused with all of them named.</summary>
/// <param name="fieldOf">The name of an input's field.</param>
internal sealed class InputFaults(Func<int, string> fieldOf)
{
    // The detail is read by people; the rest of a thousand faults is in the errors.
    private const int MaxInDetail = 3;

    private Dictionary<string, string[]>? _faults;
    private ServingErrorCode _first;

    /// <summary>Notes a fault; of several faults of one input the first is kept.</summary>
    /// <returns>No ids, to be returned in place of the input's.</returns>
    public int[] Add(ServingErrorCode code, int index, string message)
    {
        if (_faults is null)
            _first = code;
        _faults ??= [];
        _faults.TryAdd(fieldOf(index), [message]);
        return [];
    }

    /// <summary>Ends the request when there was any.</summary>
    /// <exception cref="ServingException">Of the first fault's code.</exception>
    public void ThrowIfAny()
    {
        if (_faults is not null)
            throw new ServingException(_first, string.Join(" ", _faults.Take(MaxInDetail).Select(f => $"{f.Key}: {f.Value[0]}"))) { FieldErrors = _faults };
    }
}
