namespace SeqServe.Core.Compute;

/// <summary>
/// The compute threads of the process: as many as the CPU budget, shared by all models, so that many loaded models do not oversubscribe the cores.
/// Models with work take turns, one batch a turn, fair by CPU time, so that a flooded model does not hold up another.
/// </summary>
public sealed class RunScheduler : IDisposable
{
    private readonly TurnQueue _turns = new();
    private readonly CpuBudget _budget;
    private readonly TimeProvider _time;
    private readonly Thread[] _threads;
    private volatile bool _stopped;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">CPU budget in threads, at least 1.</param>
    /// <param name="time">The clock that turns are measured by, or null for the system's.</param>
    public RunScheduler(int threads, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        _time = time ?? TimeProvider.System;
        _budget = new CpuBudget(threads);
        _threads = new Thread[threads];
        for (var i = 0; i < threads; i++)
        {
            _threads[i] = new Thread(RunTurns) { IsBackground = true, Name = $"seqserve-run-{i}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of runs that can go on at once.</summary>
    public int Threads => _threads.Length;

    /// <summary>Whether no more turns are taken.</summary>
    public bool IsStopped => _stopped;

    /// <summary>Gives a source one turn, behind the turns of sources that have used no more CPU time.</summary>
    /// <returns>False when the process is shutting down and no more turns are run.</returns>
    public bool Schedule(IRunSource source) => _turns.TryAdd(source);

    /// <summary>Takes a share of the CPU budget for a run on the calling thread, if no other run would have to wait for it; else gives null.</summary>
    internal RunShare? TryShare(int threads) => _stopped ? null : RunShare.TryTake(_budget, threads);

    /// <summary>Runs the turns already given, then ends the threads.</summary>
    public void Dispose()
    {
        _stopped = true;
        _turns.Complete();
        foreach (var thread in _threads)
            thread.Join();
    }

    private void RunTurns()
    {
        while (_turns.Take() is { } source)
        {
            // The budget comes first: the batch is assembled when it can run, from all that waits by then.
            using var share = RunShare.Take(_budget, source.ThreadsPerRun);
            var started = _time.GetTimestamp();
            source.RunNext();
            _turns.Ended(source, _time.GetElapsedTime(started));
        }
    }
}
