using SeqServe.Core.Diagnostics;

namespace SeqServe.Api.Observability;

/// <summary>
/// Counts refusals (429) and logs their number in one line a second: under overload a line for each would take the CPU from the requests that were accepted.
/// </summary>
internal sealed partial class RefusalLog : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private readonly ILogger<RefusalLog> _logger;
    private readonly ITimer _timer;
    private int _count;

    public RefusalLog(TimeProvider time, ILogger<RefusalLog> logger)
    {
        _logger = logger;
        _timer = time.CreateTimer(static state => ((RefusalLog)state!).Report(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Counts one refusal; the first after a line calls for the next line.</summary>
    public void Add()
    {
        if (Interlocked.Increment(ref _count) == 1)
            _timer.Change(s_interval, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Logs the last ones.</summary>
    public void Dispose()
    {
        _timer.Dispose();
        Report();
    }

    private void Report()
    {
        if (Interlocked.Exchange(ref _count, 0) is var count and > 0)
            Refused(_logger, count);
    }

    [LoggerMessage(
        EventIds.RequestsRefused, LogLevel.Warning, "{Count} requests were refused with 429 within a second; the lines of single ones are of level Debug")]
    private static partial void Refused(ILogger logger, int count);
}
