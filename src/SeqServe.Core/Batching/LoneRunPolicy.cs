namespace SeqServe.Core.Batching;

/// <summary>What a caller knows of its request when it queues rows. The default is a caller that knows nothing.</summary>
/// <param name="RequestsInFlight">Requests of the model, its own among them; 0 when they are not known.</param>
/// <param name="HasDeadline">Whether the calling thread must stay free, so that a deadline can pass in time.</param>
public readonly record struct RunHint(int RequestsInFlight, bool HasDeadline = false)
{
    /// <summary>Whether its rows gain nothing from a batch where a run is shorter than a hand-off to a compute thread.</summary>
    public bool MayRunInlineBesideOthers { get; init; }

    /// <summary>Whether it is the only request.</summary>
    internal bool IsLone => RequestsInFlight == 1;
}

/// <summary>
/// Decides for requests that have no other rows to wait for: whether a row is run on its caller's own thread, and whether a batch is run on the latency
/// session. Whether the threads for it are free is for the scheduler to say.
/// </summary>
/// <param name="rate">What is known of how long runs take.</param>
internal sealed class LoneRunPolicy(ServiceRate rate)
{
    // A hand-off to a compute thread and back costs some 0.1 ms: of a longer run that is nothing, and the caller could not notice a cancellation meanwhile.
    private static readonly TimeSpan s_longestInlineRun = TimeSpan.FromMilliseconds(10);

    // A run no longer than the hand-off itself gains nothing from other rows either.
    private static readonly TimeSpan s_handOff = TimeSpan.FromMilliseconds(0.1);

    private volatile int _latencyFromTokens = int.MaxValue;

    /// <summary>Padded tokens from which on a lone batch gains from the latency session; null for never.</summary>
    public int? LatencyFromTokens
    {
        get => _latencyFromTokens is var tokens and < int.MaxValue ? tokens : null;
        set => _latencyFromTokens = value ?? int.MaxValue;
    }

    /// <summary>Whether the only row of a queue, for which nothing is scheduled, is run on the calling thread.</summary>
    /// <param name="hint">What its caller knows.</param>
    /// <param name="tokens">Tokens of the row.</param>
    /// <param name="running">Runs of the model that go on.</param>
    /// <param name="concurrentRuns">Runs of the model that may go on at once.</param>
    public bool RunsInline(RunHint hint, long tokens, int running, int concurrentRuns) =>
        (hint.IsLone && !hint.HasDeadline && running == 0 && IsKnownToTakeAtMost(s_longestInlineRun, tokens))
        || (hint.MayRunInlineBesideOthers && running < concurrentRuns && IsKnownToTakeAtMost(s_handOff, tokens));

    /// <summary>Whether a batch is to be run on the latency session.</summary>
    /// <param name="batch">At least one row.</param>
    /// <param name="waiting">Rows that wait: they must not wait longer than without the latency session.</param>
    public bool UsesLatencySession<TRow>(List<TRow> batch, int waiting)
        where TRow : QueuedRow
    {
        if (waiting > 0)
            return false;
        var longest = 0;
        foreach (var row in batch)
        {
            if (!row.IsLone)
                return false;
            longest = Math.Max(longest, row.Length);
        }

        return batch.Count * longest >= _latencyFromTokens;
    }

    // Before the first run nothing is known.
    private bool IsKnownToTakeAtMost(TimeSpan limit, long tokens) =>
        rate.PredictWait(tokens, 1) is var predicted && predicted > TimeSpan.Zero && predicted <= limit;
}
