namespace SeqServe.Api.Observability;

/// <summary>How far start and shutdown have come, which readiness probes see first; the state of the models says the rest.</summary>
internal sealed class ServerReadiness : IDisposable
{
    private readonly CancellationTokenSource _draining = new();
    private volatile bool _isEnding;
    private volatile bool _isWarm;

    public ServerReadiness() => Draining = _draining.Token;

    /// <summary>Whether the warm-up behind the loading of the models is over.</summary>
    public bool IsWarm => _isWarm;

    /// <summary>The warm-up is over.</summary>
    public void Warmed() => _isWarm = true;

    /// <summary>Whether a shutdown has been announced.</summary>
    public bool IsEnding => _isEnding;

    /// <summary>Cancelled when no more requests are taken: what waits for a next one need wait no longer.</summary>
    public CancellationToken Draining { get; }

    /// <summary>Whether streams were ended because no more is taken: their callers have yet to read so.</summary>
    public bool HasEndedStreams { get; private set; }

    /// <summary>Announces a shutdown: from now on the server is not ready, though it still takes requests.</summary>
    public void End() => _isEnding = true;

    /// <summary>Ends the taking of requests; a second time it is nothing.</summary>
    public Task DrainAsync() => _draining.IsCancellationRequested ? Task.CompletedTask : _draining.CancelAsync();

    /// <summary>Notes that a stream ends because no more is taken.</summary>
    public void EndStream() => HasEndedStreams = true;

    public void Dispose() => _draining.Dispose();
}
