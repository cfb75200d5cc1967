using SeqServe.Core.Diagnostics;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>A request of a graph with state: begins with what its sequence's last request left, and leaves what the next one begins with.</summary>
internal sealed class SequenceRun(TensorRun run, StateTensors state, TensorSequences sequences)
{
    /// <summary>Runs the request after the earlier ones of its sequence. One of no sequence begins with zeros and leaves nothing.</summary>
    public async Task<(TensorOutputs Outputs, InferenceTimings Timings)> RunAsync(
        IReadOnlyList<Tensor> inputs, IReadOnlyList<string> wanted, CancellationToken cancellation)
    {
        var rows = state.Rows(inputs);
        var bytes = state.Bytes(rows);
        if (SequenceParameters.Read(run.Request.Parameters) is not { } sequence)
        {
            using var reservation = sequences.Reserve(run.Request.Holder, bytes);
            return await run.RunAsync([.. inputs, .. state.Zeros(rows)], wanted, cancellation).ConfigureAwait(false);
        }

        using var slot = await sequences.EnterAsync(run.Request.Holder, sequence.Id, sequence.Starts, run.Deadline.Left, cancellation).ConfigureAwait(false);
        if (slot.State is { } kept)
            state.RefuseOtherRows(kept, rows);
        slot.Reserve(bytes);
        var begin = slot.State ?? state.Zeros(rows);
        var (outputs, timings) = await run.RunAsync([.. inputs, .. begin], [.. wanted, .. state.OutputNames], cancellation).ConfigureAwait(false);
        try
        {
            slot.Commit(sequence.Ends ? null : state.Take(outputs.Tensors, rows));
            return (new TensorOutputs([.. outputs.Tensors.Take(wanted.Count)], outputs), timings);
        }
        catch
        {
            outputs.Dispose();
            throw;
        }
    }
}
