using Microsoft.Extensions.Logging;
using SeqServe.Core.Backends;
using SeqServe.Core.Diagnostics;
using SeqServe.Onnx.Contracts;
using SeqServe.Onnx.Files;
using SeqServe.Onnx.Sessions;
using SeqServe.Onnx.Tensors;

namespace SeqServe.Onnx.Isolation;

/// <summary>Opens graphs of any kind: in a process of their own where the manifest asks for one or an input could end the server, else in it.</summary>
/// <param name="options">What all sessions share.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
/// <param name="launch">How processes are started; null where the host has none to start.</param>
internal sealed partial class IsolatingTensorBinding(
    OnnxOptions options, TimeProvider time, ILogger<IsolatingTensorBinding> logger, WorkerLaunch? launch = null) : IGraphBinding
{
    private readonly TensorBinding _inside = new();

    public Type Backend => _inside.Backend;

    public IDisposable Open(GraphSet graphs, SessionFactory sessions)
    {
        if (graphs.Instances.Isolation == GraphIsolation.None)
            return _inside.Open(graphs, sessions);
        var file = GraphFileCheck.Run(graphs.MainFile, withInputs: true);
        var hazard = file.Hazard;
        if (graphs.Instances.Isolation is null && hazard is null)
            return _inside.Open(graphs, sessions);
        if (launch is null)
            throw new BackendException($"{Path.GetFileName(graphs.MainFile)} needs a process of its own, and this host starts none. {hazard}".TrimEnd());
        if (hazard is not null)
            IsIsolated(logger, graphs.Owner, hazard);
        var toOpen = new GraphToOpen(graphs.MainFile, graphs.Instances, options);
        return new IsolatedTensorBackend(new WorkerPool(graphs, toOpen, graphs.Instances.Sessions ?? 1, launch, time, logger), file);
    }

    [LoggerMessage(EventIds.GraphIsolated, LogLevel.Information, "Model {Model} gets a process of its own, since an input could end the server: {Hazard}")]
    private static partial void IsIsolated(ILogger logger, string model, string hazard);
}
