using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Registry;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>Tensors in, tensors out, over any graph of the repository: lease, admission, comparison with the signature, batch.</summary>
public sealed class TensorInference(ModelRegistry registry, TextTensors texts, TimeProvider time)
{
    /// <summary>The parameter that names a graph of a model that has several.</summary>
    public const string GraphParameter = "graph";

    /// <summary>Refuses early, before a request's tensors are read, what would be refused anyway.</summary>
    /// <exception cref="ServingException">The model is unknown, not ready, or its queue is full.</exception>
    public void EnsureRoom(string model, int? version)
    {
        using var lease = registry.Acquire(model, version);
        lease.Model.Graphs.Main?.Batcher.EnsureRoom(1);
    }

    /// <summary>What a model takes and gives: its main graph's inputs and outputs.</summary>
    /// <exception cref="ServingException">The model is unknown or not ready.</exception>
    public TensorModel Describe(string model, int? version)
    {
        using var lease = registry.Acquire(model, version);
        var graph = Graph(lease.Model, role: null);
        return new TensorModel(lease.Model.Manifest, lease.Model.Version, graph.Signature, graph.Batcher.Limits);
    }

    /// <summary>Runs a graph once. The answer is the same whether the request runs alone or with others.</summary>
    /// <param name="request">The tensors; their memory may be used again once this has returned, and not when it has thrown: a run may still read it.</param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">The caller's presence: once cancelled, a waiting request costs no run.</param>
    /// <returns>The outputs; the caller disposes them when they are written.</returns>
    /// <exception cref="ServingException">The request failed; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has gone.</exception>
    public async Task<TensorResponse> InferAsync(TensorRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var lease = registry.Acquire(request.Model, request.Version);
        try
        {
            observed.Model = lease.Model.Metrics;
            observed.Inputs = request.Inputs.Count;
            var deadline = new RequestDeadline(request.Timeout, started, time);
            if (TextTensors.Takes(lease.Model, request))
                return await texts.InferAsync(lease, request with { Timeout = deadline.Left }, observed, cancellation).ConfigureAwait(false);
            return await InferAsync(lease, request, deadline, observed, cancellation).ConfigureAwait(false);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private static async Task<TensorResponse> InferAsync(ModelLease<ServedModel> lease, TensorRequest request, RequestDeadline deadline, ServedRequest observed, CancellationToken cancellation)
    {
        var model = lease.Model;
        var graph = Graph(model, request.Parameters.Text(GraphParameter));
        var inputs = TensorInputs.Arrange(request.Inputs, graph.Signature);
        graph.Check(inputs);
        var wanted = TensorInputs.Wanted(request.Outputs, [.. graph.Signature.Outputs.Select(o => o.Name)]);
        var run = new TensorRun(graph, model, request, deadline, observed);
        var (outputs, timings) = graph.State is { } state
            ? await new SequenceRun(run, state, graph.Sequences!).RunAsync(inputs, wanted, cancellation).ConfigureAwait(false)
            : await run.RunAsync(inputs, wanted, cancellation).ConfigureAwait(false);
        return new TensorResponse(model.Manifest.Name, model.Version, outputs, timings, lease);
    }

    private static TensorGraph Graph(ServedModel model, string? role)
    {
        var graphs = model.Graphs;
        if (graphs.Main is not { } main)
            throw new ServingException(ServingErrorCode.InvalidRequest, $"Model \"{model.Manifest.Name}\" has no graph for tensors.");
        if (role is null)
            return main;
        return graphs.Find(role)
            ?? throw new ServingException(ServingErrorCode.InvalidRequest, $"parameter \"{GraphParameter}\": the graphs of this model are {string.Join(", ", graphs.All.Select(g => g.Role))}");
    }
}
