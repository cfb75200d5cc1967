namespace SeqServe.Core.Backends;

/// <summary>Where and how a graph's sessions run.</summary>
public sealed record InstanceOptions
{
    /// <summary>Name of the execution provider, or <see cref="DeviceNames.Auto"/> for the one that the process is configured with.</summary>
    /// <value>Default <see cref="DeviceNames.Auto"/>.</value>
    public string Device { get; init; } = DeviceNames.Auto;

    /// <summary>Number of sessions.</summary>
    /// <value>Default null: one, since one session serves any number of concurrent runs. 1–64.</value>
    public int? Sessions { get; init; }

    /// <summary>Threads inside one run.</summary>
    /// <value>Default null: one, with as many runs side by side as the CPU budget allows. 1–256.</value>
    public int? IntraOpThreads { get; init; }

    /// <summary>Threads inside a run of a request that has the machine to itself, on a session of its own.</summary>
    /// <value>
    /// Default null: all of the CPU budget where the measured plan finds that worth it, or <see cref="IntraOpThreads"/> where that is set. 1–256; no more than
    /// <see cref="IntraOpThreads"/> means no such session.
    /// </value>
    public int? LatencyThreads { get; init; }

    /// <summary>Whether the graph runs in a process of its own, which may end without taking the server with it.</summary>
    /// <value>Default null: in one where the graph holds an operator that some input makes end its process.</value>
    public GraphIsolation? Isolation { get; init; }
}

/// <summary>Where a graph runs.</summary>
public enum GraphIsolation
{
    /// <summary>In the server's process.</summary>
    None,

    /// <summary>In a process of its own, one for each session.</summary>
    Process,
}

/// <summary>Names of devices as configuration and manifests spell them: <see cref="Auto"/>, or an execution provider's name.</summary>
public static class DeviceNames
{
    /// <summary>The first execution provider that can be used, the CPU last.</summary>
    public const string Auto = "auto";
}
