using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks;

/// <summary>How long the answer to a request is of use.</summary>
/// <param name="Timeout">Time the caller gave, or null for any.</param>
/// <param name="Started">When the request began, as a timestamp of <paramref name="Time"/>.</param>
/// <param name="Time">The clock.</param>
public readonly record struct RequestDeadline(TimeSpan? Timeout, long Started, TimeProvider Time)
{
    /// <summary>Time left, or null for any; never negative.</summary>
    public TimeSpan? Left => Timeout is { } timeout ? TimeSpan.FromTicks(Math.Max(0, (timeout - Time.GetElapsedTime(Started)).Ticks)) : null;

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
