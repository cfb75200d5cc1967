using SeqServe.Core.Backends;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Models.Manifests;
using SeqServe.Core.Models.Plans;
using SeqServe.Core.Scheduling;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Models;

/// <summary>A loaded classifier: tokenizer, labels, graph and the batcher in front of it.</summary>
public sealed class ServedClassifier : ServedModel
{
    private readonly IClassifierBackend _backend;
    private PlanMeasurement? _measurement;

    internal ServedClassifier(
        ModelManifest manifest,
        int version,
        ITextTokenizer tokenizer,
        IReadOnlyList<string> labels,
        IClassifierBackend backend,
        DynamicBatcher<ClassificationRow> batcher,
        RowIndependence independence,
        ModelMetrics metrics)
        : base(manifest, version, backend.Device, metrics)
    {
        _backend = backend;
        Tokenizer = tokenizer;
        Labels = labels;
        Batcher = batcher;
        Independence = independence;
    }

    /// <summary>Turns its texts into ids.</summary>
    public ITextTokenizer Tokenizer { get; }

    /// <summary>Names of its classes; the index is the class.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The queue in front of it.</summary>
    public DynamicBatcher<ClassificationRow> Batcher { get; }

    /// <summary>What the probe at load found; the batcher's limits follow from it.</summary>
    public RowIndependence Independence { get; }

    /// <summary>How it is batched and why, or null until it has been measured.</summary>
    public BatchPlan? Plan { get; private set; }

    /// <summary>Batches it as a plan says.</summary>
    internal void Adopt(BatchPlan plan)
    {
        Plan = plan;
        Batcher.Prefer(plan.BatchSize);
    }

    /// <summary>Measures it in the background, and batches as the result says.</summary>
    internal void Measure(Func<Action<BatchPlan>, PlanMeasurement> prepare)
    {
        _measurement = prepare(Adopt);
        _measurement.Start();
    }

    /// <inheritdoc/>
    protected override void DisposeCore()
    {
        _measurement?.Dispose();
        Batcher.Dispose();
        _backend.Dispose();
        Metrics.Dispose();
    }
}
