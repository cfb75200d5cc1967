using SeqServe.Core.Backends;
using SeqServe.Core.Compute;
using SeqServe.Core.Tensors;
using SeqServe.Onnx.Files;

namespace SeqServe.Onnx.Isolation;

/// <summary>A graph that runs in processes of its own: a run that ends its process fails alone, and the process is started anew.</summary>
/// <param name="pool">The processes; owned.</param>
/// <param name="file">What the graph's file says of inputs and rows.</param>
internal sealed class IsolatedTensorBackend(WorkerPool pool, GraphFile file) : ITensorBackend
{
    public TensorSignature Signature => pool.Opened.Signature;

    public bool IsRecurrent => pool.Opened.IsRecurrent;

    public string Device => pool.Opened.Device;

    public int Sessions => pool.Count;

    public int ThreadsPerRun => pool.Opened.ThreadsPerRun;

    public int ConcurrentRuns => pool.Count;

    public int PossibleRuns => pool.Possible;

    public bool IsIsolated => true;

    public string? MixesRows => file.Mixes;

    public IReadOnlyList<InputDivision> Divisions => file.Divisions;

    public bool NeedsElements(TensorSpec input) => file.NeedsElements(input.Name);

    public void WhenMoreRuns(Action notify) => pool.WhenMoreRuns(notify);

    public TensorOutputs Run(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs) =>
        // A process that something else had ended before it had the inputs is no fault of theirs; two in a row are no chance.
        TryRun(inputs, outputs) ?? TryRun(inputs, outputs) ?? throw new BackendException("Two processes of the model ended before they had taken the inputs.")
        {
            CallerReason = "The model's process ended twice before it had taken the input; it is being restarted. Retry in a moment.",
        };

    /// <summary>
    /// Ends the runs that go on within milliseconds, from any thread: their callers get a <see cref="BackendException"/>, and the processes are started anew.
    /// </summary>
    public void Abort() => pool.Abort();

    public void Dispose() => pool.Dispose();

    private TensorOutputs? TryRun(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs)
    {
        var worker = pool.Rent();
        try
        {
            using var ending = EndableRun.OnEnd(static worker => ((GraphWorker)worker).Kill(), worker);
            return worker.Run(inputs, outputs);
        }
        finally
        {
            pool.Return(worker);
        }
    }
}
