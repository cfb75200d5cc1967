namespace SeqServe.LoadTest;

/// <summary>One turn on one server. Latencies in milliseconds, of answered (2xx) requests; in an open loop from the moment a request was due.</summary>
internal sealed record LoadResult
{
    public required string Url { get; init; }

    public required double Seconds { get; init; }

    public required long Ok { get; init; }

    /// <summary>Requests by HTTP status; 0 is a broken connection.</summary>
    public required IReadOnlyDictionary<int, long> Statuses { get; init; }

    public required double PerSecond { get; init; }

    public required double P50 { get; init; }

    public required double P90 { get; init; }

    public required double P99 { get; init; }

    public required double P999 { get; init; }

    public required double Max { get; init; }

    /// <summary>Refusals (429) that did not say when to come back.</summary>
    public required long RefusedWithoutRetryAfter { get; init; }

    /// <summary>CPU time of the server per answered request, or null when its process was not named.</summary>
    public double? ServerCpuMs { get; init; }

    /// <summary>CPU time of this program per request, refused ones counted: what the load takes from the cores that it shares with the server.</summary>
    public double? GeneratorCpuMs { get; init; }
}
