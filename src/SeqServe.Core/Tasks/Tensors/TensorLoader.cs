using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>Loads graphs without tokenizer, and opens those of text models to callers that bring tensors.</summary>
internal sealed class TensorLoader(IBackendFactory backends, RunScheduler scheduler, ServingMetrics metrics, TimeProvider time, ILoggerFactory loggers)
{
    private const string Model = "model";

    /// <summary>Loads a model of task tensor.</summary>
    /// <exception cref="ModelLoadException">It cannot be served; the message is the reason.</exception>
    public ServedTensorModel Load(RepositoryModel model, int version)
    {
        var manifest = model.Manifest!;
        var backend = Open(ModelFiles.Find(model, version, "graphs.model", manifest.Graphs[Model]), manifest.Instances);
        try
        {
            var state = manifest.Wiring is { States.Count: > 0 } wiring ? StateTensors.Of(backend.Signature, wiring.States) : null;
            if (state?.BytesPerRow > manifest.Sequences.MaxBytes)
            {
                throw new ModelLoadException(
                    $"The state of one row takes {state.BytesPerRow} bytes, sequences.max_bytes is {manifest.Sequences.MaxBytes}; raise it.");
            }

            var isBatched = TensorProbe.RowsAreIndependent(backend);
            var modelMetrics = metrics.ForModel(manifest.Name, version, manifest.Task);
            modelMetrics.Sessions = backend.Sessions;
            var graph = NewGraph(Model, backend, manifest, isBatched, modelMetrics, guard: null, state);
            return new ServedTensorModel(manifest, version, backend, graph, modelMetrics);
        }
        catch
        {
            backend.Dispose();
            throw;
        }
    }

    /// <summary>Opens the graphs of a text model. Values that its graphs cannot take are refused.</summary>
    /// <param name="graphs">The graphs by their roles; a missing one is left out.</param>
    /// <param name="manifest">The model's manifest.</param>
    /// <param name="vocabularySize">Number of token ids.</param>
    /// <param name="isIndependent">Whether a row's answer depends on nothing but itself.</param>
    /// <param name="modelMetrics">Where runs are counted.</param>
    public TensorGraphs OfTextModel(
        IReadOnlyDictionary<string, ITensorBackend> graphs, ModelManifest manifest, int vocabularySize, bool isIndependent, ModelMetrics modelMetrics)
    {
        // The main graph first: the one that reads the text.
        string[] roles = [Model, "encoder", "decoder", "score"];
        return new TensorGraphs([.. roles.Where(graphs.ContainsKey).Select(role =>
            NewGraph(role, graphs[role], manifest, isIndependent, modelMetrics, TextGraphGuard.Of(role, manifest, vocabularySize).Check))]);
    }

    private TensorGraph NewGraph(
        string role,
        ITensorBackend backend,
        ModelManifest manifest,
        bool isBatched,
        ModelMetrics modelMetrics,
        Action<IReadOnlyList<Tensor>>? guard,
        StateTensors? state = null)
    {
        // Only requests of equal shapes share a run, so that there is no padding.
        var limits = manifest.Batching with { MaxPadding = 0, MaxBatchSize = isBatched ? manifest.Batching.MaxBatchSize : 1 };
        var logger = loggers.CreateLogger<DynamicBatcher<TensorRow>>();
        var batcher = new DynamicBatcher<TensorRow>(limits, new TensorRunner(backend), scheduler, modelMetrics, time, logger);
        var sequences = state is null ? null : new TensorSequences(manifest.Sequences, limits.QueueCapacity, time);
        return new TensorGraph(role, backend, batcher, guard, state, sequences);
    }

    private ITensorBackend Open(string graph, InstanceOptions instances)
    {
        try
        {
            return backends.OpenTensor(graph, instances);
        }
        catch (BackendException e)
        {
            throw new ModelLoadException(e.Message, e);
        }
    }
}
