using SeqServe.Core.Backends;
using SeqServe.Onnx.Providers;

namespace SeqServe.Onnx.Sessions;

/// <summary>How many sessions a graph gets, how many threads their runs take and how many runs go on at once.</summary>
internal sealed class SessionPlan
{
    /// <param name="provider">What computes the runs.</param>
    /// <param name="instances">What the model asks for.</param>
    /// <param name="budget">CPU threads of the process.</param>
    public SessionPlan(IExecutionProvider provider, InstanceOptions instances, int budget)
    {
        Provider = provider;
        Sessions = instances.Sessions ?? 1;
        // One thread per run and as many runs as cores gives the best throughput; the scheduler's threads are that budget.
        ThreadsPerRun = Math.Min(instances.IntraOpThreads ?? 1, budget);
        // The threads that a model sets hold for all of its runs. A separate device has its own threads.
        LatencyThreads = provider.UsesCpuThreads ? Math.Min(instances.LatencyThreads ?? instances.IntraOpThreads ?? budget, budget) : ThreadsPerRun;
        Permits = provider.RunsSideBySide ? Math.Max(1, budget / ThreadsPerRun) : Sessions;
    }

    /// <summary>What computes the runs.</summary>
    public IExecutionProvider Provider { get; }

    /// <summary>Whether what the runs take is bounded.</summary>
    public bool IsBounded { get; init; }

    /// <summary>Number of sessions, beside a latency session.</summary>
    public int Sessions { get; }

    /// <summary>CPU threads that a run takes.</summary>
    public int ThreadsPerRun { get; }

    /// <summary>CPU threads that a run on a latency session would take.</summary>
    public int LatencyThreads { get; }

    /// <summary>Runs that may go on at once, at least 1.</summary>
    public int Permits { get; }

    /// <summary>Whether a latency session can make a lone run faster.</summary>
    public bool MayHaveLatencySession => LatencyThreads > ThreadsPerRun;
}
