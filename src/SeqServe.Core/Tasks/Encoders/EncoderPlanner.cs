using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Batching.Plans;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Tasks.Encoders;

/// <summary>Finds the plan of a loaded encoder: from its manifest, from an earlier start, or by measuring.</summary>
/// <param name="load">The load that it is part of; a measurement goes on its stack.</param>
internal sealed partial class EncoderPlanner(ModelLoad load)
{
    private readonly ILogger _logger = load.Logger<EncoderPlanner>();
    private readonly PlanOptions _options = load.Services.Plans;
    private readonly PlanCache _cache = new(load.Services.Plans.CacheFolder);

    /// <summary>Plans a model; returns before a measurement has ended.</summary>
    /// <exception cref="IOException">The graph cannot be read.</exception>
    public void Plan(ServedEncoder model, IEncoderBackend backend, string graphFile)
    {
        var limits = model.Batcher.Limits;
        // Asked for, not measured.
        if (model.Manifest.Instances.LatencyThreads > backend.ThreadsPerRun)
            model.UseLatencySession(fromTokens: 1);
        if (!_options.Measure || (limits.PreferredBatchSize is not null && backend.LatencyThreads == backend.ThreadsPerRun))
            return;
        var key = PlanKey.Of(graphFile, load.Services.Backends.Runtime, limits, backend.ThreadsPerRun, backend.LatencyThreads);
        if (_cache.Find(key) is { } plan)
            // The measurements are what is kept; the choice is derived from them again.
            model.Adopt(BatchPlan.From(plan.Grid, limits.MaxPadding));
        else
            load.Opened.Add(Measurement(backend, limits, Keeping(key, model.Adopt))).Start();
    }

    // A plan that a disturbance may have made serves until the next start, which measures again.
    private Action<BatchPlan, bool> Keeping(string key, Action<BatchPlan> done) => (plan, isWhole) =>
    {
        Measured(_logger, load.Manifest.Name, plan.BatchSize, plan.LatencyFromTokens is { } tokens ? $"{tokens} tokens" : "no length", plan.Grid.Count);
        done(plan);
        if (isWhole)
            _cache.Keep(key, plan);
    };

    private PlanMeasurement Measurement(IEncoderBackend backend, BatchLimits limits, Action<BatchPlan, bool> done)
    {
        var (manifest, services) = (load.Manifest, load.Services);
        var runs = new MeasuredEncoder(backend, manifest.Tokenizer!.PadId);
        var logger = services.Loggers.CreateLogger($"{typeof(PlanMeasurement)}[{manifest.Name}/{load.Version}]");
        return new(runs, limits, manifest.Limits.MaxInputTokens, load.Runs, services.Time, done, logger);
    }

    [LoggerMessage(
        EventIds.PlanMeasured, LogLevel.Information,
        "Model {Model}: batches of {Rows} rows do best, a lone run gains from more threads from {Length} on, by {Points} points measured")]
    private static partial void Measured(ILogger logger, string model, int rows, string length, int points);
}
