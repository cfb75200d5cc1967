using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.Core.Backends;
using SeqServe.Onnx.Tensors;

namespace SeqServe.Onnx;

/// <summary>A classifier graph: <c>ids [B,T]</c>, <c>lengths [B]</c> → <c>logits [B,C]</c>.</summary>
internal sealed class ClassifierBackend : IClassifierBackend
{
    private static readonly TensorContract[] s_inputs = [new("ids", TensorElementType.Int64, 2, "[B,T]"), new("lengths", TensorElementType.Int64, 1, "[B]")];
    private static readonly TensorContract[] s_outputs = [new("logits", TensorElementType.Float, 2, "[B,C]")];
    private static readonly string[] s_inputNames = ["ids", "lengths"];
    private static readonly string[] s_outputNames = ["logits"];

    private readonly SessionPool _pool;

    /// <summary>Takes ownership of the pool, also when the graph turns out to be none of a classifier.</summary>
    /// <exception cref="BackendException">The graph's inputs or outputs differ from the contract.</exception>
    public ClassifierBackend(SessionPool pool, string graph)
    {
        _pool = pool;
        try
        {
            ModelSignature.Check(pool.First, graph, s_inputs, s_outputs);
            Classes = pool.First.OutputMetadata["logits"].Dimensions[1];
            if (Classes < 1)
                throw new BackendException($"{graph} does not fix the number of classes: logits must be [B,C] with a constant C.");
            Graph = TensorBackend.Over(pool, graph, isRecurrent: true);
        }
        catch
        {
            pool.Dispose();
            throw;
        }
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

    public void Run(PaddedBatch batch, Span<float> logits) => Run(batch, logits, latency: false);

    public void RunOnLatencySession(PaddedBatch batch, Span<float> logits) => Run(batch, logits, latency: true);

    public void Dispose() => _pool.Dispose();

    private void Run(PaddedBatch batch, Span<float> logits, bool latency)
    {
        using var ids = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, batch.Ids, [batch.Rows, batch.Time]);
        using var lengths = OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, batch.Lengths, [batch.Rows]);
        using var lease = _pool.Rent(latency);
        try
        {
            using var options = new RunOptions();
            using var outputs = lease.Session.Run(options, s_inputNames, [ids, lengths], s_outputNames);
            var result = outputs[0].GetTensorDataAsSpan<float>();
            if (result.Length != batch.Rows * Classes)
                throw new BackendException($"The graph computed {result.Length} logits for {batch.Rows} rows of {Classes} classes.");
            result.CopyTo(logits);
        }
        catch (OnnxRuntimeException e)
        {
            throw new BackendException($"A run of {batch.Rows} rows × {batch.Time} tokens failed: {e.Message}", e);
        }
    }
}
