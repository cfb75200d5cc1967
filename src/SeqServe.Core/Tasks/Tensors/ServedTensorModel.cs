using SeqServe.Core.Backends;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Graphs;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>A loaded graph without tokenizer: tensors in, tensors out.</summary>
public sealed class ServedTensorModel : ServedModel
{
    private readonly ITensorBackend _backend;

    internal ServedTensorModel(ModelManifest manifest, int version, ITensorBackend backend, TensorGraph graph, ModelMetrics metrics)
        : base(manifest, version, backend.Device, metrics)
    {
        _backend = backend;
        Graphs = new TensorGraphs([graph]);
    }

    /// <inheritdoc/>
    public override ModelDetails Describe()
    {
        var limits = Graphs.Main!.Batcher.Limits;
        return new ModelDetails(limits) { Rows = limits.MaxBatchSize > 1 ? "equal-shapes" : "alone" };
    }

    /// <inheritdoc/>
    protected override void DisposeCore()
    {
        _backend.Dispose();
        Metrics.Dispose();
    }
}
