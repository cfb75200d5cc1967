using HdrHistogram;

namespace SeqServe.Benchmarks.Reload;

/// <summary>How long the requests of a load took.</summary>
internal sealed class LoadTimes
{
    private const long MaxMicroseconds = 600_000_000;
    private const int Digits = 3;

    private readonly LongConcurrentHistogram _times = new(1, MaxMicroseconds, Digits);
    private int _failed;

    public long Answered => _times.TotalCount;

    public int Failed => Volatile.Read(ref _failed);

    public void Answer(TimeSpan took) => _times.RecordValue(Math.Clamp((long)took.TotalMicroseconds, 1, MaxMicroseconds));

    public void Fail() => Interlocked.Increment(ref _failed);

    public double Milliseconds(double percentile) => _times.GetValueAtPercentile(percentile) / 1000.0;
}
