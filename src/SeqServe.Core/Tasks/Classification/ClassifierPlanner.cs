using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Batching.Plans;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>Finds the plan of a loaded classifier: from its manifest, from an earlier start, or by measuring.</summary>
internal sealed partial class ClassifierPlanner(PlanOptions options, string runtime, RunScheduler scheduler, TimeProvider time, ILoggerFactory loggers)
{
    private readonly ILogger _logger = loggers.CreateLogger<ClassifierPlanner>();
    private readonly PlanCache _cache = new(options.CacheFolder);

    /// <summary>Plans a model; returns before a measurement has ended.</summary>
    /// <exception cref="IOException">The graph cannot be read.</exception>
    public void Plan(ServedClassifier model, IClassifierBackend backend, string graphFile)
    {
        var limits = model.Batcher.Limits;
        // Asked for, not measured.
        if (model.Manifest.Instances.LatencyThreads > backend.ThreadsPerRun)
            model.UseLatencySession(fromTokens: 1);
        if (!options.Measure || (limits.PreferredBatchSize is not null && backend.LatencyThreads == backend.ThreadsPerRun))
            return;
        var key = PlanKey.Of(graphFile, runtime, limits, backend.ThreadsPerRun, backend.LatencyThreads);
        if (_cache.Find(key) is { } plan)
            // What is kept are the measurements: the choice follows from them anew.
            model.Adopt(BatchPlan.From(plan.Grid, limits.MaxPadding));
        else
            model.Measure(done => Measurement(model.Manifest, model.Version, backend, limits, Keeping(model.Manifest.Name, key, done)));
    }

    // A plan that a disturbance may have made serves until the next start, which measures again.
    private Action<BatchPlan, bool> Keeping(string model, string key, Action<BatchPlan> done) => (plan, isWhole) =>
    {
        Measured(_logger, model, plan.BatchSize, plan.LatencyFromTokens is { } tokens ? $"{tokens} tokens" : "no length", plan.Grid.Count);
        done(plan);
        if (isWhole)
            _cache.Keep(key, plan);
    };

    private PlanMeasurement Measurement(ModelManifest manifest, int version, IClassifierBackend backend, BatchLimits limits, Action<BatchPlan, bool> done) =>
        new(
            new MeasuredClassifier(backend, manifest.Tokenizer!.PadId),
            limits,
            manifest.Limits.MaxInputTokens,
            scheduler,
            time,
            done,
            loggers.CreateLogger($"{typeof(PlanMeasurement)}[{manifest.Name}/{version}]"));

    [LoggerMessage(EventIds.PlanMeasured, LogLevel.Information, "Model {Model}: batches of {Rows} rows do best, a lone run gains from more threads from {Length} on, by {Points} points measured")]
    private static partial void Measured(ILogger logger, string model, int rows, string length, int points);
}
