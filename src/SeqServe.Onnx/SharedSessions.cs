using Microsoft.ML.OnnxRuntime;

namespace SeqServe.Onnx;

/// <summary>Sessions of one graph over weights in common. Dispose the sessions first, then this.</summary>
/// <param name="Graph">The weights.</param>
/// <param name="Throughput">Sessions whose runs take few threads and go on side by side.</param>
/// <param name="Latency">The session whose single run takes all.</param>
internal sealed record SharedSessions(SharedGraph Graph, IReadOnlyList<InferenceSession> Throughput, InferenceSession Latency) : IDisposable
{
    public void Dispose() => Graph.Dispose();
}
