using System.Buffers;
using System.Numerics.Tensors;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;

namespace SeqServe.Core.Tasks.Classification;

/// <summary>Pads rows into one batch, runs the graph, and hands each row its logits.</summary>
/// <param name="backend">The graph; owned by the caller.</param>
/// <param name="padId">The id that fills the tail of shorter rows.</param>
internal sealed class ClassifierRunner(IClassifierBackend backend, int padId) : IBatchRunner<ClassificationRow>
{
    public int ThreadsPerRun => backend.ThreadsPerRun;

    public int ConcurrentRuns => backend.ConcurrentRuns;

    public int LatencyThreads => backend.LatencyThreads;

    public void Run(IReadOnlyList<ClassificationRow> rows) => Run(rows, onLatencySession: false);

    public void RunOnLatencySession(IReadOnlyList<ClassificationRow> rows) => Run(rows, onLatencySession: true);

    private void Run(IReadOnlyList<ClassificationRow> rows, bool onLatencySession)
    {
        using var batch = PaddedBatch.Of(rows.Count, rows, static (rows, i) => rows[i].Ids, padId);
        var classes = backend.Classes;
        var logits = ArrayPool<float>.Shared.Rent(rows.Count * classes);
        try
        {
            if (onLatencySession)
                backend.RunOnLatencySession(batch, logits.AsSpan(0, rows.Count * classes));
            else
                backend.Run(batch, logits.AsSpan(0, rows.Count * classes));
            for (var i = 0; i < rows.Count; i++)
                Deliver(logits.AsSpan(i * classes, classes), rows[i]);
        }
        finally
        {
            ArrayPool<float>.Shared.Return(logits);
        }
    }

    private static void Deliver(ReadOnlySpan<float> logits, ClassificationRow row)
    {
        if (!TensorPrimitives.IsFiniteAll(logits))
            throw new BackendException("The graph computed a logit that is not finite.");
        logits.CopyTo(row.Logits);
    }
}
