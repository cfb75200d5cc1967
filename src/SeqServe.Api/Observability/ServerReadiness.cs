namespace SeqServe.Api.Observability;

/// <summary>Whether a shutdown has been announced, which readiness probes see first; the state of the models says the rest.</summary>
internal sealed class ServerReadiness
{
    private volatile bool _isEnding;

    /// <summary>Whether a shutdown has been announced.</summary>
    public bool IsEnding => _isEnding;

    /// <summary>Announces a shutdown: from now on the server is not ready, though it still takes requests.</summary>
    public void End() => _isEnding = true;
}
