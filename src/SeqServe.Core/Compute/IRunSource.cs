namespace SeqServe.Core.Compute;

/// <summary>A queue that has work for a compute thread.</summary>
public interface IRunSource
{
    /// <summary>CPU threads that a run takes, the calling one among them.</summary>
    int ThreadsPerRun => 1;

    /// <summary>Takes the next batch and runs it on the calling thread. Returns without work when nothing is left to take. Never throws.</summary>
    void RunNext();
}
