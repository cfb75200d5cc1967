namespace SeqServe.Onnx.Isolation;

/// <summary>
/// How long to wait before a process is started anew: not at all the first time, and twice as long for each end within a minute, so that inputs that end it
/// one after the other cost the other models little. Not safe for concurrent use.
/// </summary>
/// <param name="time">The clock.</param>
internal sealed class RestartDelay(TimeProvider time)
{
    private static readonly TimeSpan s_memory = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(100);

    private readonly Queue<long> _ends = new();

    /// <summary>The longest wait.</summary>
    public static TimeSpan Longest { get; } = TimeSpan.FromSeconds(5);

    /// <summary>Notes that a process has ended, or could not be started.</summary>
    /// <returns>How long to wait.</returns>
    public TimeSpan Next()
    {
        while (_ends.TryPeek(out var oldest) && time.GetElapsedTime(oldest) > s_memory)
            _ends.Dequeue();
        var before = _ends.Count;
        _ends.Enqueue(time.GetTimestamp());
        if (before == 0)
            return TimeSpan.Zero;
        // 2^10 times the first is far beyond the longest.
        var delay = s_first * (1 << Math.Min(10, before - 1));
        return delay < Longest ? delay : Longest;
    }
}
