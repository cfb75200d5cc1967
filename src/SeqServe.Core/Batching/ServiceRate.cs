namespace SeqServe.Core.Batching;

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
