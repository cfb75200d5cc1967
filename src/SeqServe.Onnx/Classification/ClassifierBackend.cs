using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Sessions;
using SeqServe.Onnx.Tensors;

namespace SeqServe.Onnx.Classification;

/// <summary>A classifier graph, as <see cref="ClassifierContract"/> describes it.</summary>
internal sealed class ClassifierBackend : IClassifierBackend
{
    private readonly SessionPool _pool;
    private readonly string[] _inputs;
    private readonly string[] _outputs;

    /// <summary>Owns the graphs once it is made.</summary>
    /// <exception cref="BackendException">The graph's inputs or outputs differ from the contract.</exception>
    public ClassifierBackend(OpenGraphs graphs)
    {
        var graph = graphs.Single;
        var logits = graph.Role.Output(ClassifierContract.Logits);
        SignatureCheck.Run(graph, graph.InputParts(DecoderWiring.None), graph.Role.Outputs);
        _pool = graph.Pool;
        _inputs = [graph.Role.Input(ClassifierContract.Ids).Name, graph.Role.Input(ClassifierContract.Lengths).Name];
        _outputs = [logits.Name];
        Classes = graph.FixedSize(logits, "the number of classes");
        Graph = TensorBackend.Over(_pool, isRecurrent: true);
    }

    public int Classes { get; }

    public ITensorBackend Graph { get; }

    public string Device => _pool.Device;

    public int Sessions => _pool.Count;

    public int ThreadsPerRun => _pool.ThreadsPerRun;

    public int ConcurrentRuns => _pool.Permits;

    public int LatencyThreads => _pool.LatencyThreads;

    public bool TryOpenLatencySession() => _pool.TryOpenLatency();

    public void CloseLatencySession() => _pool.CloseLatency();

    public void Run(PaddedBatch batch, Span<float> logits) => Run(batch, logits, latency: false, time: null);

    public void RunOnLatencySession(PaddedBatch batch, Span<float> logits) => Run(batch, logits, latency: true, time: null);

    public TimeSpan RunTimed(PaddedBatch batch, Span<float> logits, bool onLatencySession, TimeProvider time) =>
        Run(batch, logits, onLatencySession, time);

    public void Dispose() => _pool.Dispose();

    private TimeSpan Run(PaddedBatch batch, Span<float> logits, bool latency, TimeProvider? time)
    {
        using var ids = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, batch.Ids, [batch.Rows, batch.Time]);
        using var lengths = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, batch.Lengths, [batch.Rows]);
        using var lease = _pool.Rent(latency);
        var started = time?.GetTimestamp() ?? 0;
        try
        {
            using var options = SessionLease.NewOptions();
            using var ending = SessionLease.EndWithRun(options);
            using var outputs = lease.Session.Run(options, _inputs, [ids, lengths], _outputs);
            var result = outputs[0].GetTensorDataAsSpan<float>();
            if (result.Length != batch.Rows * Classes)
                throw new BackendException($"The graph computed {result.Length} logits for {batch.Rows} rows of {Classes} classes.");
            result.CopyTo(logits);
            return time?.GetElapsedTime(started) ?? TimeSpan.Zero;
        }
        catch (OnnxRuntimeException e)
        {
            throw new BackendException($"A run of {batch.Rows} rows × {batch.Time} tokens failed: {e.Message}", e);
        }
    }
}

/// <summary>Opens classifiers.</summary>
internal sealed class ClassifierBinding : GraphBinding<IClassifierBackend>
{
    protected override IClassifierBackend Bind(OpenGraphs graphs, DecoderWiring wiring) => new ClassifierBackend(graphs);
}
