using System.Globalization;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Graphs;

/// <summary>Runs requests one by one, or those of equal shapes as one batch along axis 0.</summary>
/// <param name="backend">The graph; owned by the caller.</param>
/// <param name="maxOutputBytes">Most bytes of the outputs of a run.</param>
internal sealed class TensorRunner(ITensorBackend backend, long maxOutputBytes) : IBatchRunner<TensorRow>
{
    public int ThreadsPerRun => backend.ThreadsPerRun;

    public int ConcurrentRuns => backend.ConcurrentRuns;

    public int PossibleRuns => backend.PossibleRuns;

    public bool CountsTokens => false;

    public void WhenMoreRuns(Action notify) => backend.WhenMoreRuns(notify);

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
        using (var outputs = Run(batch.Inputs, batch.OutputNames))
            batch.Deliver(outputs);
        foreach (var row in rows.Except(equal))
            RunAlone(row);
    }

    private void RunAlone(TensorRow row) => row.Deliver(Run(row.Inputs, row.OutputNames));

    private TensorOutputs Run(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputNames)
    {
        try
        {
            var outputs = backend.Run(inputs, outputNames);
            var bytes = outputs.Tensors.Sum(static output => output.Size);
            if (bytes <= maxOutputBytes)
                return outputs;
            outputs.Dispose();
            throw TensorFaults.OfValues(
                inputs, string.Create(CultureInfo.InvariantCulture, $"the outputs have {bytes:N0} bytes for these, the limit is {maxOutputBytes:N0}"));
        }
        catch (BackendException e) when (e.IsMemoryTaken)
        {
            throw new ServingException(ServingErrorCode.Overloaded, "Other runs take the memory that this one needs. Retry after the time in Retry-After.", e)
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
        }
        catch (BackendException e) when (e.InputFault is { } fault)
        {
            throw TensorFaults.OfValues(AtFault(inputs, e), fault, e);
        }
        catch (BackendException e) when (e.CallerReason is { } reason)
        {
            var code = e.RetryAfter is null ? ServingErrorCode.InferenceFailed : ServingErrorCode.ModelNotReady;
            throw new ServingException(code, reason, e) { RetryAfter = e.RetryAfter };
        }
    }

    private static IReadOnlyList<Tensor> AtFault(IReadOnlyList<Tensor> inputs, BackendException failure)
    {
        var named = inputs.Where(input => failure.InputsAtFault.Contains(input.Name)).ToList();
        return named.Count > 0 ? named : inputs;
    }
}
