using Microsoft.ML.OnnxRuntime;

namespace SeqServe.Onnx;

/// <summary>A permit for one run on one session.</summary>
internal readonly struct SessionLease(InferenceSession session, SemaphoreSlim permits) : IDisposable
{
    public InferenceSession Session => session;

    public void Dispose() => permits.Release();
}
