using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>A request of a graph with state: begins with what its sequence's last request left, and leaves what the next one begins with.</summary>
internal sealed class SequenceRun(TensorRun run, StateTensors state, TensorSequences sequences)
{
    /// <summary>Runs the request when its turn has come. One of no sequence begins with zeros and leaves nothing.</summary>
    public async Task<(TensorOutputs Outputs, InferenceTimings Timings)> RunAsync(IReadOnlyList<Tensor> inputs, IReadOnlyList<string> wanted, CancellationToken cancellation)
    {
        var rows = state.Rows(inputs);
        if (SequenceParameters.Read(run.Request.Parameters) is not { } sequence)
            return await run.RunAsync([.. inputs, .. state.Zeros(rows)], wanted, cancellation).ConfigureAwait(false);
        using var turn = await sequences.TakeTurnAsync(sequence.Id, sequence.Starts, run.Deadline.Left, cancellation).ConfigureAwait(false);
        var begin = turn.State ?? state.Zeros(rows);
        RefuseOtherRows(begin, state.Zeros(rows));
        var (outputs, timings) = await run.RunAsync([.. inputs, .. begin], [.. wanted, .. state.OutputNames], cancellation).ConfigureAwait(false);
        try
        {
            turn.Commit(sequence.Ends ? null : state.Take(outputs.Tensors, rows));
            return (new TensorOutputs([.. outputs.Tensors.Take(wanted.Count)], outputs), timings);
        }
        catch
        {
            outputs.Dispose();
            throw;
        }
    }

    private static void RefuseOtherRows(IReadOnlyList<Tensor> begin, IReadOnlyList<Tensor> needed)
    {
        for (var i = 0; i < begin.Count; i++)
        {
            if (!TensorShapes.AreEqual(begin[i].Shape, needed[i].Shape))
                throw new ServingException(ServingErrorCode.InvalidRequest, $"the sequence began with {begin[i].Shape[0]} rows on axis 0, this request has {needed[i].Shape[0]}; send as many, or begin anew with \"sequence_start\": true");
        }
    }
}
