using SeqServe.Core.Backends;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>Tensors in, tensors out: any graph.</summary>
public sealed class TensorTask : ModelTask
{
    /// <summary>Its name.</summary>
    public const string TaskName = BareGraphFormat.TaskName;

    private const string SequencesKey = "sequences";

    /// <inheritdoc/>
    public override string Name => TaskName;

    /// <inheritdoc/>
    public override GraphContract Contract => GraphContract.Any;

    /// <inheritdoc/>
    public override bool ReadsText => false;

    /// <inheritdoc/>
    public override bool CanBeIsolated => true;

    /// <inheritdoc/>
    public override IReadOnlyList<string> Keys => [WiringReader.StateKey, SequencesKey];

    /// <inheritdoc/>
    public override TaskSection ReadSection(ManifestObject root)
    {
        var states = WiringReader.ReadStates(root);
        return new TensorSection(ReadSequences(root)) { Wiring = states.Count > 0 ? new() { States = states } : null };
    }

    /// <inheritdoc/>
    public override ServedModel Load(ModelLoad load)
    {
        var backend = load.Open<ITensorBackend>(load.Graphs());
        load.Metrics.Sessions = backend.Sessions;
        var state = load.Manifest.Wiring is { } wiring ? StateTensors.Of(backend.Signature, wiring.States) : null;
        var sequences = load.Section<TensorSection>().Sequences;
        if (state?.BytesPerRow > sequences.MaxBytes)
            throw new ModelLoadException($"The state of one row takes {state.BytesPerRow} bytes, sequences.max_bytes is {sequences.MaxBytes}; raise it.");
        var rows = load.Runs.Bounded("The probe", () => Probe(backend, load.Services.Time));
        if (rows.IsBatched && backend.IsIsolated)
            rows = RowVerdict.Alone("a request that ends the process of the model must take nobody else's answer with it");
        var graph = TensorGraphFactory.Open(load, GraphContract.ModelRole, backend, rows.IsBatched, state: state, sequences: sequences);
        var sessions = new SessionThreads(backend.Sessions, backend.ThreadsPerRun, IsIsolated: backend.IsIsolated);
        return new ServedTensorModel(load, backend.Device, rows, sessions) { Graphs = new TensorGraphs([graph]) };
    }

    private static RowVerdict Probe(ITensorBackend backend, TimeProvider time)
    {
        try
        {
            return TensorProbe.Judge(backend, time);
        }
        catch (BackendException e) when (e.EndedProcess)
        {
            throw new ModelLoadException($"A run of small numbers ends its process, so that none can be served. {e.Message}", e);
        }
    }

    private static SequenceLimits ReadSequences(ManifestObject root)
    {
        var limits = new SequenceLimits();
        if (root.Value(WiringReader.StateKey) is null)
        {
            if (root.Value(SequencesKey) is { } value)
                root.Wrong(SequencesKey, value, "belongs to models with \"state\" only; remove it");
            return limits;
        }

        if (root.Object(SequencesKey) is not { } json)
            return limits;
        limits = new SequenceLimits
        {
            MaxSequences = (int?)json.Number("max_sequences", 1, 1 << 20) ?? limits.MaxSequences,
            MaxBytes = json.Number("max_bytes", 1, 1L << 40) ?? limits.MaxBytes,
            MaxIdle = json.Number("max_idle_ms", 1, 86_400_000) is { } idle ? TimeSpan.FromMilliseconds(idle) : limits.MaxIdle,
        };
        json.RefuseUnknownKeys();
        return limits;
    }
}

/// <summary>What the manifest of a graph says of its task.</summary>
/// <param name="Sequences">What is kept of sequences; of meaning for a graph with state only.</param>
public sealed record TensorSection(SequenceLimits Sequences) : TaskSection;

/// <summary>A loaded graph without tokenizer: tensors in, tensors out.</summary>
public sealed class ServedTensorModel : ServedModel
{
    private readonly RowVerdict _rows;
    private readonly SessionThreads _sessions;

    internal ServedTensorModel(ModelLoad load, string device, RowVerdict rows, SessionThreads sessions)
        : base(load, device) => (_rows, _sessions) = (rows, sessions);

    /// <inheritdoc/>
    public override ModelDetails Describe()
    {
        var limits = Graphs.Main!.Batcher.Limits;
        var isBatched = limits.MaxBatchSize > 1;
        return new ModelDetails(limits)
        {
            Sessions = _sessions,
            Rows = isBatched ? "equal-shapes" : "alone",
            RowsReason = _rows.IsBatched && !isBatched ? "Requests are run one by one: the manifest says max_batch_size 1." : _rows.Reason,
        };
    }
}
