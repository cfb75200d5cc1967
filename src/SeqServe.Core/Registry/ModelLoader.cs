using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Batching.Plans;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tasks;
using SeqServe.Core.Tasks.Classification;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tokenization;

namespace SeqServe.Core.Registry;

/// <summary>Turns a version folder into a model that serves: checksums, tokenizer, labels, graph, warm-up, batcher, golden cases.</summary>
public sealed partial class ModelLoader(IBackendFactory backends, RunScheduler scheduler, ServingMetrics metrics, TimeProvider time, PlanOptions plans, ILoggerFactory loggers, ModelAcceptance? acceptance = null)
{
    private const string WarmUpText = "A first text, so that no request pays for what happens once: ça y est.";

    private readonly ClassifierPlanner _planner = new(plans, backends.Runtime, scheduler, time, loggers);
    private readonly TensorLoader _tensors = new(backends, scheduler, metrics, time, loggers);
    private readonly DecoderLoader _decoders = new(backends, scheduler, metrics, time, loggers);

    /// <summary>Loads a version.</summary>
    /// <returns>The model, warm; the caller holds it.</returns>
    /// <exception cref="ModelLoadException">It cannot be served; the message is the reason.</exception>
    public ServedModel Load(RepositoryModel model, int version)
    {
        var started = time.GetTimestamp();
        if (!Directory.Exists(model.VersionFolder(version)))
            throw new ModelLoadException($"version_policy asks for version {version}, which has no folder.");
        try
        {
            ModelFiles.VerifyChecksums(model, version);
            ServedModel served = model.Manifest!.Task switch
            {
                ModelTask.Translation => _decoders.LoadTranslator(model, version),
                ModelTask.LanguageModel => _decoders.LoadLanguageModel(model, version),
                ModelTask.Tensor => _tensors.Load(model, version),
                _ => LoadClassifier(model, version),
            };
            Accept(model, served);
            served.Metrics.LoadSeconds = time.GetElapsedTime(started).TotalSeconds;
            return served;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelLoadException($"A file of version {version} cannot be read; check that it exists and that the server may read it.", e);
        }
    }

    private void Accept(RepositoryModel model, ServedModel served)
    {
        try
        {
            acceptance?.Invoke(model, served);
        }
        catch
        {
            served.Release();
            throw;
        }
    }

    private ServedClassifier LoadClassifier(RepositoryModel model, int version)
    {
        var manifest = model.Manifest!;
        var labels = ModelFiles.ReadLabels(model, version);
        var tokenizer = TokenizerLoader.Load(model, version);
        var graph = ModelFiles.Find(model, version, "graphs.model", manifest.Graphs["model"]);
        var backend = Open(manifest, graph);
        RowIndependence independence;
        try
        {
            if (backend.Classes != labels.Count)
                throw new ModelLoadException($"{manifest.LabelsFile} holds {labels.Count} labels, the graph computes {backend.Classes} classes; they must be equal.");
            WarmUp(backend, tokenizer, manifest);
            independence = RowIndependenceProbe.Measure(backend, tokenizer.VocabularySize, manifest.Limits.MaxInputTokens, manifest.Tokenizer!.PadId);
        }
        catch
        {
            backend.Dispose();
            throw;
        }

        var modelMetrics = metrics.ForModel(manifest.Name, version, manifest.Task);
        modelMetrics.Sessions = backend.Sessions;
        var runner = new ClassifierRunner(backend, manifest.Tokenizer!.PadId);
        var batcher = new DynamicBatcher<ClassificationRow>(Limits(manifest, independence), runner, scheduler, modelMetrics, time, loggers.CreateLogger<DynamicBatcher<ClassificationRow>>());
        var served = new ServedClassifier(manifest, version, tokenizer, labels, backend, batcher, independence, modelMetrics)
        {
            Graphs = backend.Graph is { } tensors
                ? _tensors.OfTextModel(new Dictionary<string, ITensorBackend> { ["model"] = tensors }, manifest, tokenizer.VocabularySize, independence != RowIndependence.None, modelMetrics)
                : TensorGraphs.None,
        };
        _planner.Plan(served, backend, graph);
        return served;
    }

    private BatchLimits Limits(ModelManifest manifest, RowIndependence independence)
    {
        if (independence == RowIndependence.Full)
            return manifest.Batching;
        RowsDepend(loggers.CreateLogger<ModelLoader>(), manifest.Name, independence == RowIndependence.None ? "runs each alone" : "batches rows of equal length only");
        return independence == RowIndependence.None ? manifest.Batching with { MaxBatchSize = 1 } : manifest.Batching with { MaxPadding = 0 };
    }

    private IClassifierBackend Open(ModelManifest manifest, string graph)
    {
        try
        {
            return backends.OpenClassifier(graph, manifest.Instances);
        }
        catch (BackendException e)
        {
            throw new ModelLoadException(e.Message, e);
        }
    }

    // The first run of a session allocates and packs; done here, no request pays for it. The last id of the vocabulary and the longest text are
    // among the rows: a tokenizer that does not fit the graph, or a limit beyond its positions, shows itself now and not in somebody's batch.
    private static void WarmUp(IClassifierBackend backend, ITextTokenizer tokenizer, ModelManifest manifest)
    {
        try
        {
            tokenizer.Encode(WarmUpText, manifest.Limits.MaxInputTokens);
            var logits = new float[2 * backend.Classes];
            Run(backend, logits, [0], [tokenizer.VocabularySize - 1]);
            Run(backend, logits, new int[manifest.Limits.MaxInputTokens]);
        }
        catch (BackendException e)
        {
            throw new ModelLoadException(
                $"The graph fails in warm-up. Check that its embedding holds the tokenizer's {tokenizer.VocabularySize} ids and that it takes {manifest.Limits.MaxInputTokens} tokens. {e.Message}", e);
        }
    }

    private static void Run(IClassifierBackend backend, float[] logits, params int[][] rows)
    {
        using var batch = new PaddedBatch(rows.Length, rows[0].Length, padId: 0);
        for (var i = 0; i < rows.Length; i++)
            batch.SetRow(i, rows[i]);
        backend.Run(batch, logits.AsSpan(0, rows.Length * backend.Classes));
    }

    [LoggerMessage(EventIds.RowsDepend, LogLevel.Warning, "Model {Model}: a row's answer depends on its padding or its neighbours; the server {Consequence}. Export it with masks made from lengths and without dynamic quantization")]
    private static partial void RowsDepend(ILogger logger, string model, string consequence);
}
