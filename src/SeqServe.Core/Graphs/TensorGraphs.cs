namespace SeqServe.Core.Graphs;

/// <summary>The graphs of a loaded model for callers that bring tensors.</summary>
/// <param name="graphs">The main one first; empty for a model that has none to offer.</param>
public sealed class TensorGraphs(IReadOnlyList<TensorGraph> graphs)
{
    /// <summary>No graph.</summary>
    public static TensorGraphs None { get; } = new([]);

    /// <summary>All of them, the main one first.</summary>
    public IReadOnlyList<TensorGraph> All { get; } = graphs;

    /// <summary>The one that answers unless a request names another; null when there is none.</summary>
    public TensorGraph? Main => All.Count > 0 ? All[0] : null;

    /// <summary>The graph of a role, or null.</summary>
    public TensorGraph? Find(string role) => All.FirstOrDefault(graph => graph.Role == role);
}
