using SeqServe.Core.Backends;
using SeqServe.Core.Batching;

namespace SeqServe.Core.Graphs;

/// <summary>Runs requests one by one, or those of equal shapes as one batch along axis 0.</summary>
/// <param name="backend">The graph; owned by the caller.</param>
internal sealed class TensorRunner(ITensorBackend backend) : IBatchRunner<TensorRow>
{
    public int ThreadsPerRun => backend.ThreadsPerRun;

    public int ConcurrentRuns => backend.ConcurrentRuns;

    public bool CountsTokens => false;

    public void Run(IReadOnlyList<TensorRow> rows)
    {
        if (rows.Count == 1 || !rows[0].HasRows)
        {
            foreach (var row in rows)
                RunAlone(row);
            return;
        }

        // Rows of one kind have equal shapes unless hashes collide.
        var equal = rows.Where(row => row.HasShapesOf(rows[0])).ToList();
        using (var batch = new TensorBatch(equal))
        using (var outputs = backend.Run(batch.Inputs, batch.OutputNames))
            batch.Deliver(outputs);
        foreach (var row in rows.Except(equal))
            RunAlone(row);
    }

    private void RunAlone(TensorRow row) => row.Deliver(backend.Run(row.Inputs, row.OutputNames));
}
