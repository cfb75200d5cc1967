using SeqServe.Core.Diagnostics;
using SeqServe.Core.Graphs;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks;

/// <summary>A loaded model version, immutable. It lives until it is retired and its last lease has ended.</summary>
public abstract class ServedModel
{
    private readonly DisposalStack _opened;

    // The registry's own hold is the first; the one who takes the count to zero disposes.
    private int _holds = 1;

    /// <summary>Takes over what a load has opened.</summary>
    /// <param name="load">The load.</param>
    /// <param name="device">Where it runs.</param>
    protected ServedModel(ModelLoad load, string device)
    {
        _opened = load.Opened;
        Manifest = load.Manifest;
        Version = load.Version;
        Metrics = load.Metrics;
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

    /// <summary>Its graphs for callers that bring tensors.</summary>
    public TensorGraphs Graphs { get; init; } = TensorGraphs.None;

    /// <summary>What the probes at load found that a row's answer depends on; the limits of its batches follow from it.</summary>
    public RowIndependence Independence { get; init; } = RowIndependence.Full;

    /// <summary>Called when the last lease has ended and the sessions are freed; set before the registry's own hold ends.</summary>
    internal Action? Gone { private get; set; }

    /// <summary>Takes a lease, unless the model is already gone.</summary>
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

    /// <summary>Ends a hold; the last one disposes the model.</summary>
    internal void Release()
    {
        if (Interlocked.Decrement(ref _holds) > 0)
            return;
        _opened.Dispose();
        Gone?.Invoke();
    }
}
