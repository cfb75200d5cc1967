using SeqServe.Core.Backends;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Onnx.Contracts;

/// <summary>Opens graphs with ONNX Runtime, by the binding of the backend that is asked for.</summary>
internal sealed class OnnxBackendFactory(IEnumerable<IGraphBinding> bindings, SessionFactory sessions) : IBackendFactory
{
    private readonly IReadOnlyList<IGraphBinding> _bindings = [.. bindings];

    public string Runtime => sessions.Runtime;

    public IReadOnlyList<string> Devices => sessions.Devices;

    public TBackend Open<TBackend>(GraphSet graphs)
        where TBackend : class, IDisposable
    {
        var binding = _bindings.FirstOrDefault(b => b.Backend == typeof(TBackend))
            ?? throw new BackendException($"ONNX Runtime has no binding for {typeof(TBackend).Name}; register one with the task.");
        return (TBackend)binding.Open(graphs, sessions);
    }
}
