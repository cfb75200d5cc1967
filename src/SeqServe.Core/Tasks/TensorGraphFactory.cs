using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks;

/// <summary>Opens the graphs of a version to callers that bring tensors.</summary>
internal static class TensorGraphFactory
{
    /// <summary>Opens one graph.</summary>
    /// <param name="load">The version.</param>
    /// <param name="role">What the manifest calls the graph.</param>
    /// <param name="backend">The graph; opened on the load's stack.</param>
    /// <param name="isBatched">Whether requests of equal shapes may share a run.</param>
    /// <param name="guard">Refuses values that the graph cannot take; or null.</param>
    /// <param name="state">What goes from one request of a sequence to its next; null for a graph without.</param>
    /// <param name="sequences">What is kept of sequences; null for a graph without state.</param>
    /// <param name="parts">What its tensors are for its task; null where only callers know.</param>
    public static TensorGraph Open(
        ModelLoad load, string role, ITensorBackend backend, bool isBatched, Action<IReadOnlyList<Tensor>>? guard = null, StateTensors? state = null,
        SequenceLimits? sequences = null, GraphRole? parts = null)
    {
        var services = load.Services;
        // Only requests of equal shapes share a run, so that there is no padding.
        var limits = load.Manifest.Batching with { MaxPadding = 0, MaxBatchSize = isBatched ? load.Manifest.Batching.MaxBatchSize : 1 };
        var kept = state is null || sequences is null
            ? null
            : load.Opened.Add(new TensorSequences(sequences, state.BytesPerRow, services.States, limits.QueueCapacity, services.Time));
        var batcher = load.Opened.Add(new DynamicBatcher<TensorRow>(
            limits,
            new TensorRunner(backend, services.Tensors.MaxOutputBytes),
            load.Runs,
            load.Metrics,
            services.Time,
            load.Logger<DynamicBatcher<TensorRow>>()));
        return new TensorGraph(role, backend, batcher, services.Tensors.MaxInputElements, guard, state, kept) { Parts = parts };
    }

    /// <summary>Opens the graphs of a text model. Values that its graphs cannot take are refused.</summary>
    /// <param name="load">The version.</param>
    /// <param name="contract">What their tensors are; its order is that of the result.</param>
    /// <param name="graphs">The graphs by their roles; a missing one is left out.</param>
    /// <param name="vocabularySize">Number of token ids.</param>
    /// <param name="isIndependent">Whether a row's answer depends on nothing but itself.</param>
    /// <param name="wiring">What goes back into a decoder, layer by layer; null where that is what the manifest says.</param>
    public static TensorGraphs OfTextModel(
        ModelLoad load,
        GraphContract contract,
        IReadOnlyDictionary<string, ITensorBackend> graphs,
        int vocabularySize,
        bool isIndependent,
        DecoderWiring? wiring = null) => new(
        [.. contract.Roles.Where(role => graphs.ContainsKey(role.Name)).Select(role =>
            Open(load, role.Name, graphs[role.Name], isIndependent, new TextGraphGuard(role, load.Manifest, vocabularySize, wiring).Check, parts: role))]);
}
