using SeqServe.Core.Errors;

namespace SeqServe.Core.Batching;

/// <summary>Refuses early what a queue cannot take or cannot answer in time, and says when a retry makes sense.</summary>
/// <param name="limits">What the queue may hold.</param>
/// <param name="rate">How fast it drains.</param>
/// <param name="runs">Runs that go on side by side.</param>
/// <param name="unit">What a row's length counts, for messages.</param>
internal sealed class QueueAdmission(BatchLimits limits, ServiceRate rate, int runs, string unit = "tokens")
{
    /// <summary>This many batches may wait even if their wait is long: rows of near length are found among far fewer.</summary>
    internal const int Batches = 64;

    // Of short runs many more batches than that may wait: a burst that an idle server answers in a tenth of a second is no overload.
    private static readonly TimeSpan s_short = TimeSpan.FromSeconds(0.1);
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(2);

    private const string Later = "Retry after the time in Retry-After.";

    private readonly string _rowsFull = $"The model's queue is full: {limits.QueueCapacity} rows may wait. {Later}";
    private readonly string _tokensFull = $"The model's queue is full: {limits.QueueCapacityTokens} {unit} may wait. {Later}";

    /// <summary>Rows of a full batch; a measurement may set it later.</summary>
    public int BatchSize { get; set; } = limits.PreferredBatchSize ?? limits.MaxBatchSize;

    /// <summary>Checks a request against what already waits.</summary>
    /// <param name="depth">Rows that wait.</param>
    /// <param name="queued">Their tokens.</param>
    /// <param name="rows">Rows of the request.</param>
    /// <param name="tokens">Their tokens, or a lower bound while they are not known.</param>
    /// <param name="left">Time until the request's deadline, or null for any.</param>
    /// <returns>Null to let it in.</returns>
    public QueueRefusal? Refusal(int depth, long queued, int rows, long tokens, TimeSpan? left)
    {
        if (rows > limits.QueueCapacity)
            return NeverFits($"The request needs {rows} rows, the model's queue holds {limits.QueueCapacity}; send fewer inputs per request.");
        if (tokens > limits.QueueCapacityTokens)
        {
            return NeverFits(
                $"The request has {tokens} tokens, the model's queue holds {limits.QueueCapacityTokens}; send fewer or shorter inputs per request.");
        }

        var wait = rate.PredictWait(queued, runs);
        if (depth + rows > limits.QueueCapacity)
            return Overloaded(_rowsFull, wait);
        if (queued + tokens > limits.QueueCapacityTokens)
            return Overloaded(_tokensFull, wait);
        if (IsTooLong(wait, depth))
            return Overloaded($"The model's queue would take too long to reach this request. {Later}", wait);
        return wait > left ? Overloaded($"The request's deadline would pass while it waits in the model's queue. {Later}", wait) : null;
    }

    private bool IsTooLong(TimeSpan wait, int depth) =>
        limits.MaxQueueWait is { } longest ? wait > longest : wait > s_long || (wait > s_short && depth > Batches * BatchSize);

    private static QueueRefusal NeverFits(string detail) => new(ServingErrorCode.InvalidRequest, detail);

    private static QueueRefusal Overloaded(string detail, TimeSpan wait) => new(ServingErrorCode.Overloaded, detail, wait);
}

/// <summary>How long a token takes, as an exponentially weighted mean over the last runs; predicts how long a queue takes to drain.</summary>
internal sealed class ServiceRate
{
    // A run's weight: the mean follows a change of load within some ten runs and is not thrown by one outlier.
    private const double Weight = 0.1;

    private readonly Lock _gate = new();
    private double _secondsPerToken;

    public void Add(long computedTokens, TimeSpan took)
    {
        var sample = took.TotalSeconds / computedTokens;
        lock (_gate)
            Volatile.Write(ref _secondsPerToken, _secondsPerToken == 0 ? sample : _secondsPerToken + (Weight * (sample - _secondsPerToken)));
    }

    /// <summary>Time until this many waiting tokens are done with this many runs side by side; zero before the first run.</summary>
    public TimeSpan PredictWait(long tokens, int threads) => TimeSpan.FromSeconds(tokens * Volatile.Read(ref _secondsPerToken) / threads);
}
