using SeqServe.Core.Backends;
using SeqServe.Core.Batching.Plans;

namespace SeqServe.Core.Tasks.Encoders;

/// <summary>An encoder's runs as a plan measures them.</summary>
/// <param name="backend">The graph; owned by the caller.</param>
/// <param name="padId">A valid id.</param>
internal sealed class MeasuredEncoder(IEncoderBackend backend, int padId) : IMeasuredRuns
{
    public int ThreadsPerRun => backend.ThreadsPerRun;

    public int LatencyThreads => backend.LatencyThreads;

    public bool TryOpenLatencySession() => backend.TryOpenLatencySession();

    public TimeSpan Run(int rows, int length, bool onLatencySession, TimeProvider time)
    {
        using var batch = new PaddedBatch(rows, length, padId);
        batch.Lengths.Span.Fill(length);
        return backend.RunTimed(batch, new float[rows * backend.SizeOfRow(length)], onLatencySession, time);
    }
}
