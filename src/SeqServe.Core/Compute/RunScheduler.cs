using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SeqServe.Core.Diagnostics;

namespace SeqServe.Core.Compute;

/// <summary>
/// The compute threads of the process: as many as the CPU budget, shared by all models, so that many loaded models do not oversubscribe the cores.
/// Each run needs a permit; models get them one at a time, fair by CPU time, so that a flooded model does not hold up another.
/// A thread outlives whatever a source throws.
/// </summary>
public sealed partial class RunScheduler : IDisposable
{
    private readonly RunQueue _queue = new();
    private readonly CpuBudget _budget;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Thread[] _threads;
    private volatile bool _stopped;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">CPU budget in threads, at least 1.</param>
    /// <param name="time">The clock that runs are measured by, or null for the system's.</param>
    /// <param name="logger">For what a source throws, or null to log nothing.</param>
    public RunScheduler(int threads, TimeProvider? time = null, ILogger<RunScheduler>? logger = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<RunScheduler>.Instance;
        _budget = new CpuBudget(threads);
        _threads = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(RunQueued) { IsBackground = true, Name = $"seqserve-run-{i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of runs that can go on at once.</summary>
    public int Threads => _threads.Length;

    /// <summary>Whether no more permits are given.</summary>
    public bool IsStopped => _stopped;

    /// <summary>Queues a source for one run, behind the sources that have used no more CPU time.</summary>
    /// <returns>False when the process is shutting down and nothing more is run.</returns>
    public bool Schedule(IRunSource source) => _queue.TryAdd(source);

    /// <summary>Takes a share of the CPU budget for a run on the calling thread, if no other run would have to wait for it; else returns null.</summary>
    internal CpuShare? TryShare(int threads) => _stopped ? null : CpuShare.TryTake(_budget, threads);

    /// <summary>Runs what is queued already, then ends the threads.</summary>
    public void Dispose()
    {
        _stopped = true;
        _queue.Complete();
        foreach (var thread in _threads)
            thread.Join();
    }

    private void RunQueued()
    {
        while (_queue.TryTake(out var permit))
        {
            var took = TimeSpan.Zero;
            try
            {
                Run(permit.Source, out took);
            }
            catch (Exception e)
            {
                Report(e);
            }
            finally
            {
                _queue.Return(permit, took);
            }
        }
    }

    private void Run(IRunSource source, out TimeSpan took)
    {
        took = TimeSpan.Zero;
        // The budget comes first: the batch is assembled when it can run, from all that waits by then.
        using var share = CpuShare.Take(_budget, source.ThreadsPerRun);
        var started = _time.GetTimestamp();
        try
        {
            source.RunNext();
        }
        finally
        {
            took = _time.GetElapsedTime(started);
        }
    }

    private void Report(Exception exception)
    {
        try
        {
            SourceFailed(_logger, exception);
        }
        catch (Exception)
        {
            // A logger that throws must not end the thread: without it no model is served any more.
        }
    }

    [LoggerMessage(EventIds.RunSourceFailed, LogLevel.Critical, "A run ended with an exception that its model did not handle; the compute thread goes on")]
    private static partial void SourceFailed(ILogger logger, Exception exception);
}

/// <summary>A queue that has work for a compute thread.</summary>
public interface IRunSource
{
    /// <summary>CPU threads that a run takes, the calling one among them.</summary>
    int ThreadsPerRun => 1;

    /// <summary>
    /// Takes the next batch and runs it on the calling thread. Returns without work when nothing is left to take. What it throws is logged and ends this run
    /// alone; the callers that wait for the batch must have been answered before.
    /// </summary>
    void RunNext();
}
