using SeqServe.Core.Backends;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Onnx.Contracts;

/// <summary>Opens graphs as one kind of backend. A task that needs a kind of its own registers its binding.</summary>
internal interface IGraphBinding
{
    /// <summary>The type of the backend that it opens.</summary>
    Type Backend { get; }

    /// <summary>Opens the graphs.</summary>
    /// <returns>A backend of type <see cref="Backend"/>; the caller disposes it.</returns>
    /// <exception cref="BackendException">A file cannot be opened, or its inputs and outputs differ from the contract.</exception>
    IDisposable Open(GraphSet graphs, SessionFactory sessions);
}

/// <summary>A binding over graphs that are opened in the usual way.</summary>
/// <typeparam name="TBackend">The type of the backend.</typeparam>
internal abstract class GraphBinding<TBackend> : IGraphBinding
    where TBackend : class, IDisposable
{
    public Type Backend => typeof(TBackend);

    public IDisposable Open(GraphSet graphs, SessionFactory sessions)
    {
        var opened = OpenGraphs.Open(graphs, IsBounded ? sessions.OpenBounded : sessions.Open);
        try
        {
            return Bind(opened, graphs.Wiring ?? DecoderWiring.None);
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Whether what a run takes is bounded: for graphs of which nothing is known.</summary>
    protected virtual bool IsBounded => false;

    /// <summary>Makes the backend, which owns the graphs from then on; when this throws they are disposed.</summary>
    /// <exception cref="BackendException">Inputs or outputs differ from the contract.</exception>
    protected abstract TBackend Bind(OpenGraphs graphs, DecoderWiring wiring);
}
