using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks;

/// <summary>What the loads of generating models have in common: checks of the graphs, and the decoding loops.</summary>
internal static partial class DecoderLoading
{
    /// <summary>Compares a graph with the tokenizer, warms it up and probes it.</summary>
    /// <param name="load">The version.</param>
    /// <param name="backend">Its graphs.</param>
    /// <param name="tokenizer">Its tokenizer.</param>
    /// <param name="warmUpAndProbe">First runs; whether a sequence's logits depend on nothing but itself.</param>
    /// <returns>Whether sequences may share a run.</returns>
    /// <exception cref="ModelLoadException">The graph does not fit, or a run failed.</exception>
    public static RowIndependence Check(ModelLoad load, IDecoderBackend backend, ITextTokenizer tokenizer, Func<bool> warmUpAndProbe)
    {
        var manifest = load.Manifest;
        load.Metrics.Sessions = backend.Sessions;
        // Embeddings are often padded to a round number; a tokenizer that says all of itself says how many of them it uses.
        var isPadded = manifest.Tokenizer!.DescribesItself && backend.VocabularySize > tokenizer.VocabularySize;
        if (backend.VocabularySize != tokenizer.VocabularySize && !isPadded)
        {
            var remedy = manifest.Tokenizer.DescribesItself
                ? "there must be one for each piece; put the tokenizer here that the model was trained with"
                : "they must be equal";
            throw new ModelLoadException(
                $"{manifest.Tokenizer.File} holds {tokenizer.VocabularySize} pieces, the graph computes {backend.VocabularySize} logits; {remedy}.");
        }

        try
        {
            if (load.Runs.Bounded("The warm-up", warmUpAndProbe))
                return RowIndependence.Full;
        }
        catch (BackendException e)
        {
            throw WarmUpFailed(load, e);
        }

        backend.TryRunAlone();
        SequencesDepend(
            load.Services.Loggers.CreateLogger(typeof(DecoderLoading)), manifest.Name, DecodingProbe.MixingReason(backend) ?? "a trial gave other logits");
        return RowIndependence.None;
    }

    /// <summary>What a loop's batch may hold: all that the manifest says where the backend itself runs each row alone.</summary>
    public static BatchLimits Limits(ModelLoad load, IDecoderBackend backend, RowIndependence independence) =>
        load.Manifest.Batching.Apply(backend.RunsAlone ? RowIndependence.Full : independence);

    /// <summary>Why a model whose first runs fail is not served.</summary>
    public static ModelLoadException WarmUpFailed(ModelLoad load, BackendException e) => new(
        $"The graph fails in warm-up. Check that it takes {load.Manifest.Limits.MaxInputTokens} tokens (limits.max_input_tokens) "
        + $"and gives {load.Manifest.Limits.MaxOutputTokens} (limits.max_output_tokens). {e.Message}",
        e);

    /// <summary>Opens the queue and the decoding loops, one for each run that can go on at once.</summary>
    /// <param name="load">The version.</param>
    /// <param name="backend">Its graphs.</param>
    /// <param name="limits">What a loop's batch and the queue may hold.</param>
    /// <param name="newPrefill">Makes the rows of a loop.</param>
    public static ContinuousBatcher OpenBatcher(ModelLoad load, IDecoderBackend backend, BatchLimits limits, Func<Prefill> newPrefill)
    {
        var services = load.Services;
        var loops = Math.Clamp(services.Scheduler.Threads / backend.ThreadsPerRun, 1, Math.Max(1, backend.ConcurrentRuns));
        var prefills = new List<Prefill>(loops);
        try
        {
            while (prefills.Count < loops)
                prefills.Add(newPrefill());
            return load.Opened.Add(new ContinuousBatcher(
                limits, prefills, new CacheUse(backend.CacheCost, services.Caches), backend.ThreadsPerRun,
                load.Runs, load.Metrics, services.Time, load.Logger<ContinuousBatcher>()));
        }
        catch
        {
            // Nothing owns them before the batcher takes them over.
            prefills.ForEach(prefill => prefill.Dispose());
            throw;
        }
    }

    [LoggerMessage(
        EventIds.SequencesDepend, LogLevel.Warning,
        "Model {Model}: a sequence's logits depend on its neighbours in the batch ({Reason}); the server runs each alone. "
        + "Export it with masks made from lengths and without dynamic quantization")]
    private static partial void SequencesDepend(ILogger logger, string model, string reason);
}
