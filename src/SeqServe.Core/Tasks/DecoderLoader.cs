using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Decoding;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks.LanguageModeling;
using SeqServe.Core.Tasks.LanguageModeling.Scoring;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tasks.Translation;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Tasks;

/// <summary>Loads generating models: tokenizer, graphs, warm-up, probe, decoding loops.</summary>
internal sealed partial class DecoderLoader(IBackendFactory backends, RunScheduler scheduler, ServingMetrics metrics, TimeProvider time, ILoggerFactory loggers)
{
    private readonly TensorLoader _tensors = new(backends, scheduler, metrics, time, loggers);

    /// <summary>Loads an encoder-decoder model.</summary>
    /// <exception cref="ModelLoadException">It cannot be served; the message is the reason.</exception>
    public ServedTranslator LoadTranslator(RepositoryModel model, int version)
    {
        var manifest = model.Manifest!;
        var tokenizer = TokenizerLoader.Load(model, version);
        var encoder = ModelFiles.Find(model, version, "graphs.encoder", manifest.Graphs["encoder"]);
        var decoder = ModelFiles.Find(model, version, "graphs.decoder", manifest.Graphs["decoder"]);
        var backend = Open(() => backends.OpenTranslator(encoder, decoder, manifest.Wiring!, manifest.Instances));
        var limits = Check(backend, tokenizer, manifest, () =>
        {
            DecodingWarmUp.Run(backend, manifest);
            return DecodingProbe.IsIndependent(backend, manifest.Limits.MaxInputTokens, manifest.Tokenizer!.BeginId!.Value);
        });

        var modelMetrics = Metrics(manifest, version, backend);
        var (beginId, padId) = (manifest.Tokenizer!.BeginId!.Value, manifest.Tokenizer.PadId);
        var batcher = Batcher(backend, limits, modelMetrics, () => new EncoderPrefill(backend.NewRows(), beginId, padId));
        return new ServedTranslator(manifest, version, tokenizer, backend, batcher, modelMetrics) { Graphs = Tensors(backend, manifest, limits, modelMetrics) };
    }

    /// <summary>Loads a language model.</summary>
    /// <exception cref="ModelLoadException">It cannot be served; the message is the reason.</exception>
    public ServedLanguageModel LoadLanguageModel(RepositoryModel model, int version)
    {
        var manifest = model.Manifest!;
        var tokenizer = TokenizerLoader.Load(model, version);
        var graph = ModelFiles.Find(model, version, "graphs.model", manifest.Graphs["model"]);
        var score = manifest.Graphs.TryGetValue("score", out var file) ? ModelFiles.Find(model, version, "graphs.score", file) : null;
        var backend = Open(() => backends.OpenLanguageModel(graph, score, manifest.Wiring!, manifest.Instances));
        var limits = Check(backend, tokenizer, manifest, () =>
        {
            DecodingWarmUp.Run(backend, manifest);
            return DecodingProbe.IsIndependent(backend, manifest.Limits.MaxInputTokens);
        });

        var modelMetrics = Metrics(manifest, version, backend);
        var batcher = Batcher(
            backend, limits, modelMetrics, () => new PromptPrefill(backend.NewRows(), backend.NewRows(), manifest.Tokenizer!.PadId));
        var scorer = backend.CanScore
            ? new DynamicBatcher<ScoringRow>(limits, new ScoringRunner(backend, manifest.Tokenizer!.PadId), scheduler, modelMetrics, time, loggers.CreateLogger<DynamicBatcher<ScoringRow>>())
            : null;
        return new ServedLanguageModel(manifest, version, tokenizer, backend, batcher, scorer, modelMetrics) { Graphs = Tensors(backend, manifest, limits, modelMetrics) };
    }

    private static TBackend Open<TBackend>(Func<TBackend> open)
    {
        try
        {
            return open();
        }
        catch (BackendException e)
        {
            throw new ModelLoadException(e.Message, e);
        }
    }

    /// <returns>The limits of its loops; a failed check disposes the backend.</returns>
    private BatchLimits Check(IDecoderBackend backend, ITextTokenizer tokenizer, ModelManifest manifest, Func<bool> warmUpAndProbe)
    {
        try
        {
            if (backend.VocabularySize != tokenizer.VocabularySize)
                throw new ModelLoadException($"{manifest.Tokenizer!.File} holds {tokenizer.VocabularySize} pieces, the graph computes {backend.VocabularySize} logits; they must be equal.");
            if (warmUpAndProbe())
                return manifest.Batching;
            RowsDepend(loggers.CreateLogger<DecoderLoader>(), manifest.Name);
            return manifest.Batching with { MaxBatchSize = 1 };
        }
        catch (Exception e)
        {
            backend.Dispose();
            if (e is not BackendException)
                throw;
            throw new ModelLoadException(
                $"The graph fails in warm-up. Check that it takes {manifest.Limits.MaxInputTokens} tokens (limits.max_input_tokens) and gives {manifest.Limits.MaxOutputTokens} (limits.max_output_tokens). {e.Message}", e);
        }
    }

    // Limits of one row are what Check gives a graph whose rows depend on each other.
    private TensorGraphs Tensors(IDecoderBackend backend, ModelManifest manifest, BatchLimits limits, ModelMetrics modelMetrics) =>
        _tensors.OfTextModel(backend.Graphs, manifest, backend.VocabularySize, limits.MaxBatchSize > 1, modelMetrics);

    private ModelMetrics Metrics(ModelManifest manifest, int version, IDecoderBackend backend)
    {
        var modelMetrics = metrics.ForModel(manifest.Name, version, manifest.Task);
        modelMetrics.Sessions = backend.Sessions;
        return modelMetrics;
    }

    // One loop for each run that can go on at once.
    private ContinuousBatcher Batcher(IDecoderBackend backend, BatchLimits limits, ModelMetrics modelMetrics, Func<Prefill> newPrefill)
    {
        var loops = Math.Clamp(scheduler.Threads / backend.ThreadsPerRun, 1, Math.Max(1, backend.ConcurrentRuns));
        Prefill[] prefills = [.. Enumerable.Range(0, loops).Select(_ => newPrefill())];
        return new ContinuousBatcher(limits, prefills, backend.ThreadsPerRun, scheduler, modelMetrics, time, loggers.CreateLogger<ContinuousBatcher>());
    }

    [LoggerMessage(EventIds.SequencesDepend, LogLevel.Warning, "Model {Model}: a sequence's logits depend on its neighbours in the batch; the server runs each alone. Export it with masks made from lengths and without dynamic quantization")]
    private static partial void RowsDepend(ILogger logger, string model);
}
