using System.Collections.Concurrent;
using System.Diagnostics;
using HdrHistogram;

namespace SeqServe.LoadTest;

/// <summary>Counts and times the requests of the measured part of a turn. Safe for concurrent use.</summary>
internal sealed class Recorder
{
    // Microseconds up to ten minutes, three digits exact.
    private readonly LongConcurrentHistogram _latency = new(1, 600_000_000, 3);
    private readonly ConcurrentDictionary<int, long> _statuses = new();
    private long _ok;
    private long _requests;
    private long _refusedWithoutRetryAfter;
    private volatile bool _open;

    public long Ok => Interlocked.Read(ref _ok);

    /// <summary>Requests that ended, in whatever way.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>Refusals (429) that did not say when to come back.</summary>
    public long RefusedWithoutRetryAfter => Interlocked.Read(ref _refusedWithoutRetryAfter);

    public IReadOnlyDictionary<int, long> Statuses => _statuses;

    /// <summary>Begins to count; what was sent before is warm-up.</summary>
    public void Open() => _open = true;

    /// <summary>Ends counting.</summary>
    public void Close() => _open = false;

    public void Add(int status, long dueAt, bool hasRetryAfter)
    {
        if (!_open)
            return;
        Interlocked.Increment(ref _requests);
        if (status == 429 && !hasRetryAfter)
            Interlocked.Increment(ref _refusedWithoutRetryAfter);
        _statuses.AddOrUpdate(status, 1, static (_, count) => count + 1);
        if (status is < 200 or > 299)
            return;
        Interlocked.Increment(ref _ok);
        _latency.RecordValue(Math.Max(1, (long)Stopwatch.GetElapsedTime(dueAt).TotalMicroseconds));
    }

    /// <summary>A percentile of the answered requests; 0 while there are none, for which the histogram has no answer.</summary>
    public double Milliseconds(double percentile) => Ok == 0 ? 0 : _latency.GetValueAtPercentile(percentile) / 1000.0;
}
