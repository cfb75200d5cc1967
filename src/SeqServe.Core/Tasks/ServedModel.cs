using System.Globalization;
using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Graphs;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks;

/// <summary>A loaded model version, immutable. It lives until it is retired and its last lease has ended.</summary>
public abstract partial class ServedModel
{
    private readonly DisposalStack _opened;
    private readonly ILogger _log;

    // The registry's own hold is the first. The release that takes the count to zero hands the model over, or frees it if it was never published.
    private int _holds = 1;
    private Action? _unused;

    /// <summary>Takes over what a load has opened.</summary>
    /// <param name="load">The load.</param>
    /// <param name="device">Where it runs.</param>
    protected ServedModel(ModelLoad load, string device)
    {
        _opened = load.Opened;
        Manifest = load.Manifest;
        Version = load.Version;
        Metrics = load.Metrics;
        Runs = load.Runs;
        _log = load.Logger<ServedModel>();
        Device = device;
    }

    /// <summary>Its manifest.</summary>
    public ModelManifest Manifest { get; }

    /// <summary>Its version.</summary>
    public int Version { get; }

    /// <summary>Where it runs: <c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; }

    /// <summary>Its metrics.</summary>
    public ModelMetrics Metrics { get; }

    /// <summary>Its runs.</summary>
    public ModelRuns Runs { get; }

    /// <summary>Its graphs for callers that bring tensors.</summary>
    public TensorGraphs Graphs { get; init; } = TensorGraphs.None;

    /// <summary>What the probes at load found that a row's answer depends on; the limits of its batches follow from it.</summary>
    public RowIndependence Independence { get; init; } = RowIndependence.Full;

    /// <summary>The queue in front of an operation, for a decision before any work is done.</summary>
    /// <param name="operation">Its name, one of the task's.</param>
    /// <returns>Null when the model has no queue of that name.</returns>
    public virtual IAdmission? QueueOf(string operation) => null;

    /// <summary>What it reports of itself beyond its manifest, as of now.</summary>
    public virtual ModelDetails Describe() => new(Manifest.Batching);

    /// <summary>What its task recognised beside what every task reports, in sentences for people.</summary>
    public virtual IEnumerable<string> Facts() => [];

    /// <summary>What a trial counted as the same, where that is more than rounding in single precision; the end of a sentence.</summary>
    private protected static string Within(float tolerance) =>
        tolerance > Tolerances.Full ? string.Create(CultureInfo.InvariantCulture, $", within {tolerance}: the device computes in reduced precision") : "";

    /// <summary>Whether the registry or a lease holds it.</summary>
    internal bool IsHeld => Volatile.Read(ref _holds) > 0;

    /// <summary>Takes a lease, unless the model is already unused.</summary>
    internal bool TryHold()
    {
        for (var holds = Volatile.Read(ref _holds); holds > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _holds, holds + 1, holds);
            if (seen == holds)
                return true;
            holds = seen;
        }

        return false;
    }

    /// <summary>Ends the registry's own hold on a model that others may have leased. At most once.</summary>
    /// <param name="unused">
    /// Called when the last hold has ended, on the thread that ended it, a request's for example: it only hands the model to another thread,
    /// which calls <see cref="Free"/>.
    /// </param>
    /// <param name="patience">After this time the runs of requests that it has taken are ended too.</param>
    internal void Retire(Action unused, TimeSpan patience)
    {
        _unused = unused;
        Runs.EndAllAfter(patience, RowFailures.Closed());
        Release();
    }

    /// <summary>
    /// Ends a hold. The last one hands a retired model over; a model that was never retired, because it was never published, is freed at once.
    /// </summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _holds) > 0)
            return;
        if (_unused is { } unused)
            unused();
        else
            Free();
    }

    /// <summary>
    /// Ends runs that go on without a caller, then frees its graphs, its sessions and its metrics, each of them also when another fails. What a run that
    /// cannot be ended uses is freed when it ends.
    /// </summary>
    internal void Free()
    {
        if (!Runs.EndAndFree(RowFailures.Closed(), _opened.Dispose))
            RunsUnended(_log, Manifest.Name, Version);
    }

    [LoggerMessage(
        EventIds.RunsUnended, LogLevel.Error,
        "Model {Model} version {Version} is out of service, but one of its runs cannot be ended; its memory stays in use until the run ends")]
    private static partial void RunsUnended(ILogger logger, string model, int version);
}
