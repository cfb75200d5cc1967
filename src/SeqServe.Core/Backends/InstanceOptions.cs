namespace SeqServe.Core.Backends;

/// <summary>Where and how a graph's sessions run.</summary>
public sealed record InstanceOptions
{
    /// <summary>Device wish.</summary>
    /// <value>Default <see cref="DevicePreference.Auto"/>.</value>
    public DevicePreference Device { get; init; } = DevicePreference.Auto;

    /// <summary>Number of sessions.</summary>
    /// <value>Default null: one, since one session serves any number of concurrent runs. 1–64.</value>
    public int? Sessions { get; init; }

    /// <summary>Threads inside one run.</summary>
    /// <value>Default null: one, with as many runs side by side as the CPU budget allows. 1–256.</value>
    public int? IntraOpThreads { get; init; }

    /// <summary>Threads inside a run of a request that has the machine to itself, on a session of its own.</summary>
    /// <value>Default null: all of the CPU budget where the measured plan finds that worth it, or <see cref="IntraOpThreads"/> where that is set. 1–256; no more than <see cref="IntraOpThreads"/> means no such session.</value>
    public int? LatencyThreads { get; init; }
}
