using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Graphs;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks;

/// <summary>A loaded model version, immutable. It lives until it is retired and its last lease has ended.</summary>
/// <param name="manifest">Its manifest.</param>
/// <param name="version">Its version.</param>
/// <param name="device">Where it runs.</param>
/// <param name="metrics">Its metrics; disposed with it.</param>
public abstract class ServedModel(ModelManifest manifest, int version, string device, ModelMetrics metrics)
{
    // The registry's own hold is the first; the one who takes the count to zero disposes.
    private int _holds = 1;

    /// <summary>Its manifest.</summary>
    public ModelManifest Manifest { get; } = manifest;

    /// <summary>Its version.</summary>
    public int Version { get; } = version;

    /// <summary>Where it runs: <c>cpu</c> or <c>cuda</c>.</summary>
    public string Device { get; } = device;

    /// <summary>Its metrics.</summary>
    public ModelMetrics Metrics { get; } = metrics;

    /// <summary>Its graphs for callers that bring tensors; disposed with it.</summary>
    public TensorGraphs Graphs { get; init; } = TensorGraphs.None;

    /// <summary>The queue in front of an operation, for a decision before any work is done.</summary>
    /// <param name="operation">Its name, such as <c>classify</c>, <c>decode</c>, <c>score</c> or <c>translate</c>.</param>
    /// <returns>Null when the model has no queue of that name.</returns>
    public virtual IAdmission? QueueOf(string operation) => null;

    /// <summary>What it tells of itself beyond its manifest, as of now.</summary>
    public virtual ModelDetails Describe() => new(Manifest.Batching);

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
        Graphs.Dispose();
        DisposeCore();
        Gone?.Invoke();
    }

    /// <summary>Waits for runs that go on without a caller, then frees the sessions.</summary>
    protected abstract void DisposeCore();
}
