namespace SeqServe.Api.Observability;

/// <summary>Whether the server wants more requests, as readiness probes are told; the models say the rest.</summary>
internal sealed class ServerReadiness
{
    private volatile bool _isEnding;

    /// <summary>Whether a shutdown has been announced.</summary>
    public bool IsEnding => _isEnding;

    /// <summary>Announces a shutdown: from now on the server is not ready, though it still takes requests.</summary>
    public void End() => _isEnding = true;
}
