using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.Core.Backends;
using SeqServe.Onnx.Tensors;

namespace SeqServe.Onnx.Decoding;

/// <summary>A language model: the graph that reads tokens, and the one that scores texts where there is one.</summary>
internal sealed class LanguageModelBackend : ILanguageModelBackend
{
    private static readonly string[] s_scoreInputs = ["tokens", "lengths"];
    private static readonly string[] s_scoreOutputs = ["log_probs"];

    private readonly SessionPool _pool;
    private readonly SessionPool? _scorePool;
    private readonly DecoderGraph _graph;

    /// <summary>Takes ownership of the pools, also when the graphs turn out not to fit.</summary>
    /// <exception cref="BackendException">The graphs' inputs or outputs differ from what the wiring needs.</exception>
    public LanguageModelBackend(SessionPool pool, string file, SessionPool? scorePool, string? scoreFile, DecoderWiring wiring)
    {
        (_pool, _scorePool) = (pool, scorePool);
        try
        {
            _graph = new DecoderGraph(pool, file, wiring, TokenAxes.Several);
            if (wiring.Memory.Count > 0 || _graph.ReadsSourceLengths)
                throw new BackendException($"{file} reads an encoder's memory; that is task translation, not language-model.");
            if (scorePool is not null)
                CheckScore(scorePool, scoreFile!);
            using var rows = NewRows();
            StateSize = rows.StateSize;
            var graphs = new Dictionary<string, ITensorBackend> { ["model"] = TensorBackend.Over(pool, file, isRecurrent: wiring.States.Count > 0) };
            if (scorePool is not null)
                graphs["score"] = TensorBackend.Over(scorePool, scoreFile!, isRecurrent: true);
            Graphs = graphs;
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public int VocabularySize => _graph.VocabularySize;

    public int StateSize { get; }

    public IReadOnlyDictionary<string, ITensorBackend> Graphs { get; }

    public bool CanScore => _scorePool is not null;

    public string Device => _pool.Device;

    public int Sessions => _pool.Count + (_scorePool?.Count ?? 0);

    public int ThreadsPerRun => _pool.ThreadsPerRun;

    public int ConcurrentRuns => _pool.Permits;

    public ILanguageModelRows NewRows() => new LanguageModelRows(_graph);

    public void Score(PaddedBatch texts, Span<float> logProbabilities)
    {
        if (_scorePool is null)
            throw new InvalidOperationException("The model has no graph for scoring.");
        ArgumentOutOfRangeException.ThrowIfLessThan(texts.Time, 2, nameof(texts));
        using var tokens = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, texts.Ids, [texts.Rows, texts.Time]);
        using var lengths = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, texts.Lengths, [texts.Rows]);
        using var options = new RunOptions();
        using var lease = _scorePool.Rent();
        try
        {
            using var outputs = lease.Session.Run(options, s_scoreInputs, [tokens, lengths], s_scoreOutputs);
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

    public void Dispose()
    {
        _pool.Dispose();
        _scorePool?.Dispose();
    }

    private static void CheckScore(SessionPool pool, string file) => ModelSignature.Check(
        pool.First,
        file,
        [new("tokens", TensorElementType.Int64, 2, "[B,T]"), new("lengths", TensorElementType.Int64, 1, "[B]")],
        [new("log_probs", TensorElementType.Float, 2, "[B,T-1]")]);
}
