using System.Diagnostics;
using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>Puts one request into a graph's queue and waits for its run.</summary>
internal sealed class TensorRun(TensorGraph graph, ServedModel model, TensorRequest request, RequestDeadline deadline, ServedRequest observed)
{
    public TensorRequest Request => request;

    public RequestDeadline Deadline => deadline;

    /// <summary>Queues the inputs and returns when they have been run.</summary>
    /// <param name="inputs">One for each input of the graph, the same order for every request.</param>
    /// <param name="outputs">Outputs of the graph, at least one.</param>
    /// <param name="cancellation">Cancelled when the caller has left.</param>
    /// <returns>The outputs in this order; the caller disposes them.</returns>
    public async Task<(TensorOutputs Outputs, InferenceTimings Timings)> RunAsync(
        IReadOnlyList<Tensor> inputs, IReadOnlyList<string> outputs, CancellationToken cancellation)
    {
        var row = new TensorRow(inputs, outputs, graph.Batcher.Limits.QueueCapacityTokens, Activity.Current?.Context ?? default)
        {
            Priority = request.Priority,
        };
        graph.Batcher.EnsureRoom(1, deadline.Left);
        deadline.ThrowIfOver(cancellation);
        try
        {
            graph.Batcher.Enqueue([row], new RunHint(model.Metrics.InFlight, HasDeadline: request.Timeout is not null)
            {
                MayRunInlineBesideOthers = true,
                IsOver = () => WhyOver(cancellation),
            });
            var waiting = new RequestRows<TensorRow>(graph.Batcher, [row], static _ => "inputs", model, deadline, cancellation);
            var timings = await waiting.WaitAsync(TimeSpan.Zero, observed).ConfigureAwait(false);
            return (row.Outputs, timings);
        }
        catch
        {
            row.Abandon();
            throw;
        }
    }

    private Exception? WhyOver(CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            return new OperationCanceledException(cancellation);
        return deadline.Left == TimeSpan.Zero ? RequestDeadline.Over() : null;
    }
}
