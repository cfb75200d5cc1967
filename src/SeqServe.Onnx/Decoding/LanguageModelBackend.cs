using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Sessions;
using SeqServe.Onnx.Tensors;

namespace SeqServe.Onnx.Decoding;

/// <summary>A language model: the graph that reads tokens, and the one that scores texts where there is one.</summary>
internal sealed class LanguageModelBackend : ILanguageModelBackend
{
    private readonly OpenGraphs _graphs;
    private readonly SessionPool _pool;
    private readonly DecoderGraph? _own;
    private readonly ExportedGraph? _exported;
    private readonly SessionPool? _scorePool;
    private readonly string[] _scoreInputs = [];
    private readonly string[] _scoreOutputs = [];
    private volatile RowSharing _sharing;

    /// <summary>Owns the graphs once it is made.</summary>
    /// <exception cref="BackendException">The graphs' inputs or outputs differ from what contract and wiring say.</exception>
    public LanguageModelBackend(OpenGraphs graphs, DecoderWiring wiring)
    {
        _graphs = graphs;
        var model = graphs[GraphContract.ModelRole];
        _pool = model.Pool;
        if (wiring.Memory.Count > 0)
            throw new BackendException($"{model.File} reads an encoder's memory; that is task translation, not language-model.");
        wiring = wiring.OfLayers([.. model.Inputs.Keys]);
        if (IsOwn(model, wiring))
            _own = new DecoderGraph(model, wiring, LanguageModelContract.Logits);
        else
            _exported = new ExportedGraph(model, wiring, LanguageModelContract.Logits);
        Contract = new GraphContract([model.Role, .. graphs.Find(LanguageModelContract.ScoreRole) is { } scoring ? [scoring.Role] : Array.Empty<GraphRole>()]);
        Wiring = wiring;
        _sharing = _exported is { Caches.Length: > 0, HasMask: false } ? RowSharing.EqualLengths : RowSharing.Any;
        using (var rows = NewRows())
            StateSize = rows.StateSize;
        CacheCost = _own?.Cost ?? _exported!.Cost;
        var all = new Dictionary<string, ITensorBackend> { [model.Role.Name] = TensorBackend.Over(_pool, isRecurrent: wiring.States.Count > 0) };
        Graphs = all;
        if (graphs.Find(LanguageModelContract.ScoreRole) is not { } score)
            return;
        SignatureCheck.Run(score, score.InputParts(DecoderWiring.None), score.Role.Outputs);
        _scorePool = score.Pool;
        _scoreInputs = [score.Role.Input(LanguageModelContract.Tokens).Name, score.Role.Input(LanguageModelContract.Lengths).Name];
        _scoreOutputs = [score.Role.Output(LanguageModelContract.LogProbabilities).Name];
        all[score.Role.Name] = TensorBackend.Over(_scorePool, isRecurrent: true);
    }

    public int VocabularySize => _own?.VocabularySize ?? _exported!.VocabularySize;

    public GraphContract Contract { get; }

    public DecoderWiring Wiring { get; }

    public int StateSize { get; }

    public CacheCost CacheCost { get; }

    public IReadOnlyDictionary<string, ITensorBackend> Graphs { get; }

    public bool CanScore => _scorePool is not null || _exported is { GivesAllLogits: true };

    public string Device => _pool.Device;

    public float Tolerance => _pool.Tolerance;

    public int Sessions => _pool.Count + (_scorePool?.Count ?? 0);

    public int ThreadsPerRun => _pool.ThreadsPerRun;

    public int ConcurrentRuns => _pool.Permits;

    public ILanguageModelRows NewRows() => _own is { } own ? new LanguageModelRows(own) : new ExportedRows(_exported!, _sharing);

    public bool StepsByLength => _exported is not null && _sharing == RowSharing.EqualLengths;

    public bool RunsAlone => _sharing == RowSharing.None;

    public bool TryStepByLength()
    {
        var canStep = _exported is { Caches.Length: > 0 } && _sharing == RowSharing.Any;
        if (canStep)
            _sharing = RowSharing.EqualLengths;
        return canStep;
    }

    public bool TryRunAlone()
    {
        if (_exported is not null)
            _sharing = RowSharing.None;
        return _exported is not null;
    }

    public void Score(PaddedBatch texts, Span<float> logProbabilities)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(texts.Time, 2, nameof(texts));
        if (_scorePool is not null)
            RunScore(_scorePool, texts, logProbabilities);
        else if (_exported is { GivesAllLogits: true } exported)
            ExportedRows.Score(exported, texts, logProbabilities);
        else
            throw new InvalidOperationException("The model has no graph for scoring.");
    }

    public void Dispose() => _graphs.Dispose();

    // SeqServe's own export fixes what others leave open, so that its rows are read where they lie.
    private static bool IsOwn(OpenGraph graph, DecoderWiring wiring) =>
        wiring.Caches.Any(static cache => !cache.IsWhole)
        || (wiring.Caches.Count == 0 && wiring.States.All(static state => state.BatchAxis == 0)
            && graph.Inputs.ContainsKey(graph.Role.Input(LanguageModelContract.Lengths).Name)
            && !(graph.Outputs.TryGetValue(graph.Role.Output(LanguageModelContract.Logits).Name, out var logits) && logits.Dimensions.Length == 3));

    private void RunScore(SessionPool pool, PaddedBatch texts, Span<float> logProbabilities)
    {
        using var tokens = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, texts.Ids, [texts.Rows, texts.Time]);
        using var lengths = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, texts.Lengths, [texts.Rows]);
        using var options = SessionLease.NewOptions();
        using var lease = pool.Rent();
        try
        {
            using var ending = SessionLease.EndWithRun(options);
            using var outputs = lease.Session.Run(options, _scoreInputs, [tokens, lengths], _scoreOutputs);
            var result = outputs[0].GetTensorDataAsSpan<float>();
            if (result.Length != texts.Rows * (texts.Time - 1))
                throw new BackendException($"The graph computed {result.Length} log-probabilities for {texts.Rows} rows of {texts.Time} tokens.");
            result.CopyTo(logProbabilities);
        }
        catch (OnnxRuntimeException e)
        {
            throw new BackendException($"Scoring {texts.Rows} rows × {texts.Time} tokens failed: {e.Message}", e);
        }
    }
}

/// <summary>Rows of a language model.</summary>
internal sealed class LanguageModelRows(DecoderGraph graph) : DecoderRows(graph), ILanguageModelRows
{
    public void Begin(ReadOnlySpan<float> state)
    {
        if (state.Length != 0 && state.Length != StateSize)
            throw new BackendException($"A state of {state.Length} floats was given, the model has {StateSize}.");
        Store.Reserve(1, 0);
        var row = Store.Append(0);
        foreach (var tensor in Store.States)
        {
            if (state.Length == 0)
                break;
            state[..tensor.Current.RowSize].CopyTo(tensor.Current.Row(row));
            state = state[tensor.Current.RowSize..];
        }
    }

    public void Read(PaddedBatch tokens, int first = 0) => Run(tokens.Ids, tokens.Lengths, tokens.Time, first);

    public void Append(ILanguageModelRows other, int row) => Store.AppendCopy(((LanguageModelRows)other).Store, row);
}

/// <summary>Opens language models.</summary>
internal sealed class LanguageModelBinding : GraphBinding<ILanguageModelBackend>
{
    protected override ILanguageModelBackend Bind(OpenGraphs graphs, DecoderWiring wiring) => new LanguageModelBackend(graphs, wiring);
}
