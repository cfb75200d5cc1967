using SeqServe.Core.Batching;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Registry;
using SeqServe.Core.Repository.Manifests;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>Tensors in, tensors out, over any graph of the repository: lease, admission, comparison with the signature, batch.</summary>
/// <param name="registry">The models.</param>
/// <param name="texts">The tasks that answer tensors of text, each once.</param>
/// <param name="time">The clock.</param>
public sealed class TensorInference(ModelRegistry registry, IEnumerable<ITextTensorTask> texts, TimeProvider time)
{
    /// <summary>The parameter that names a graph of a model that has several.</summary>
    public const string GraphParameter = "graph";

    private readonly Dictionary<string, ITextTensorTask> _texts = texts.ToDictionary(text => text.Task, StringComparer.Ordinal);

    /// <summary>Refuses a request before it is read, when every queue that it may be for is full.</summary>
    /// <exception cref="ServingException">The model is unknown, not ready, or its queues are full.</exception>
    public void EnsureRoom(string model, int? version)
    {
        using var lease = registry.Acquire(model, version);
        var served = lease.Model;
        var graphs = served.Graphs.All.Select(IAdmission (graph) => graph.Batcher);
        QueueRefusal? first = null;
        foreach (var queue in _texts.TryGetValue(served.Manifest.Task, out var text) ? graphs.Prepend(text.Queue(served)) : graphs)
        {
            if (queue.Refusal(1) is not { } refusal)
                return;
            first ??= refusal;
        }

        if (first is { } full)
            throw full.ToException();
    }

    /// <summary>Refuses a request before its tensors are read, when the queue that it is for is full.</summary>
    /// <param name="model">The model's name.</param>
    /// <param name="version">Its version, or null for the newest.</param>
    /// <param name="inputs">Names of the inputs.</param>
    /// <param name="parameters">The request's parameters.</param>
    /// <exception cref="ServingException">The model is unknown or not ready, it has no such graph, or the queue is full.</exception>
    public void EnsureRoom(string model, int? version, IEnumerable<string?> inputs, TensorParameters parameters)
    {
        using var lease = registry.Acquire(model, version);
        var served = lease.Model;
        var queue = TextOf(served, inputs) is { } text ? text.Queue(served) : Graph(served, parameters.Text(GraphParameter)).Batcher;
        queue.EnsureRoom(1);
    }

    /// <summary>What a model takes and gives: its main graph's inputs and outputs.</summary>
    /// <exception cref="ServingException">The model is unknown or not ready.</exception>
    public TensorModel Describe(string model, int? version)
    {
        using var lease = registry.Acquire(model, version);
        var graph = Graph(lease.Model, role: null);
        return new TensorModel(lease.Model.Manifest, lease.Model.Version, graph.Signature, graph.Batcher.Limits, graph.Sequences?.Limits);
    }

    /// <summary>Runs a graph once, or asks a text model by text. The answer is the same whether the request runs alone or in a batch.</summary>
    /// <param name="request">
    /// The tensors; their memory may be used again once this has returned, and not when it has thrown: a run may still read it.
    /// </param>
    /// <param name="observed">Receives what becomes known on the way, also when the request fails.</param>
    /// <param name="cancellation">Cancelled when the caller has left: a waiting request then costs no run.</param>
    /// <returns>The outputs; the caller disposes them when they are written.</returns>
    /// <exception cref="ServingException">The request failed; see its code.</exception>
    /// <exception cref="OperationCanceledException">The caller has left.</exception>
    public async Task<TensorResponse> InferAsync(TensorRequest request, ServedRequest observed, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var lease = registry.Acquire(request.Model, request.Version);
        try
        {
            var model = lease.Model;
            observed.Model = model.Metrics;
            observed.Inputs = request.Inputs.Count;
            var deadline = new RequestDeadline(request.Timeout, started, time);
            var (outputs, timings) = TextOf(model, request.Inputs.Select(input => input.Name)) is { } text
                ? await AnswerTextAsync(text, model, request, deadline, observed, cancellation).ConfigureAwait(false)
                : await RunAsync(model, request, deadline, observed, cancellation).ConfigureAwait(false);
            return new TensorResponse(model.Manifest.Name, model.Version, outputs, timings, lease);
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    private static async Task<(TensorOutputs Outputs, InferenceTimings Timings)> RunAsync(
        ServedModel model, TensorRequest request, RequestDeadline deadline, ServedRequest observed, CancellationToken cancellation)
    {
        var graph = Graph(model, request.Parameters.Text(GraphParameter));
        var inputs = TensorInputs.Arrange(request.Inputs, graph.Signature);
        graph.Check(inputs);
        var wanted = TensorInputs.Wanted(request.Outputs, [.. graph.Signature.Outputs.Select(o => o.Name)]);
        var run = new TensorRun(graph, model, request, deadline, observed);
        return graph.State is { } state
            ? await new SequenceRun(run, state, graph.Sequences!).RunAsync(inputs, wanted, cancellation).ConfigureAwait(false)
            : await run.RunAsync(inputs, wanted, cancellation).ConfigureAwait(false);
    }

    private static async Task<(TensorOutputs Outputs, InferenceTimings Timings)> AnswerTextAsync(
        ITextTensorTask task, ServedModel model, TensorRequest request, RequestDeadline deadline, ServedRequest observed, CancellationToken cancellation)
    {
        var text = TextInput.Read(request);
        var wanted = TensorInputs.Wanted(request.Outputs, task.Outputs);
        var outputs = await task.AnswerAsync(
            model, text, request with { Outputs = wanted, Timeout = deadline.Left }, observed, cancellation).ConfigureAwait(false);
        return (new TensorOutputs(outputs), observed.Timings ?? default);
    }

    private ITextTensorTask? TextOf(ServedModel model, IEnumerable<string?> inputs) =>
        _texts.TryGetValue(model.Manifest.Task, out var text) && inputs.Contains(TextInput.Name, StringComparer.Ordinal) ? text : null;

    private static TensorGraph Graph(ServedModel model, string? role)
    {
        var graphs = model.Graphs;
        if (graphs.Main is not { } main)
            throw new ServingException(ServingErrorCode.InvalidRequest, $"Model \"{model.Manifest.Name}\" has no graph for tensors.");
        if (role is null)
            return main;
        return graphs.Find(role) ?? throw new ServingException(
            ServingErrorCode.InvalidRequest,
            $"parameter \"{GraphParameter}\": the graphs of this model are {string.Join(", ", graphs.All.Select(g => g.Role))}");
    }
}

/// <summary>What a loaded model takes and gives.</summary>
/// <param name="Manifest">Its manifest.</param>
/// <param name="Version">Its version.</param>
/// <param name="Signature">Inputs and outputs of its main graph.</param>
/// <param name="Limits">What a batch of requests and their queue may hold.</param>
/// <param name="Sequences">What is kept of sequences; null for a graph without state.</param>
public sealed record TensorModel(ModelManifest Manifest, int Version, TensorSignature Signature, BatchLimits Limits, SequenceLimits? Sequences);
