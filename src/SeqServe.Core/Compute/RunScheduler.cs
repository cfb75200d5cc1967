using System.Runtime.CompilerServices;
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
    // Threads whose runs have given up their permits: far more than models that go wrong at once, far fewer than the memory of their stacks allows.
    private const int MaxReplaced = 64;

    private readonly object _gate = new();
    private readonly RunQueue _queue = new();
    private readonly CpuBudget _budget;
    private readonly ILogger _logger;
    private readonly Func<bool> _replaceThread;
    private int _working;
    private int _replaced;
    private volatile bool _stopped;

    /// <summary>Starts the threads.</summary>
    /// <param name="threads">CPU budget in threads, at least 1.</param>
    /// <param name="time">The clock that runs are measured by, or null for the system's.</param>
    /// <param name="logger">For what a source throws, or null to log nothing.</param>
    public RunScheduler(int threads, TimeProvider? time = null, ILogger<RunScheduler>? logger = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<RunScheduler>.Instance;
        _budget = new CpuBudget(threads);
        _replaceThread = TryReplaceThread;
        Threads = _working = threads;
        Watch = new RunWatch(Time, () => _queue.IsWaitedFor || _budget.IsWaitedFor);
        for (var i = 0; i < threads; i++)
            StartThread();
    }

    /// <summary>Number of runs that can go on at once.</summary>
    public int Threads { get; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; }

    /// <summary>Whether no more permits are given.</summary>
    public bool IsStopped => _stopped;

    /// <summary>The runs that go on.</summary>
    internal RunWatch Watch { get; }

    /// <summary>Queues a source for one run, behind the sources that have used no more CPU time.</summary>
    /// <returns>False when the process is shutting down and nothing more is run.</returns>
    public bool Schedule(IRunSource source) => _queue.TryAdd(source);

    /// <summary>Takes a share of the CPU budget, if no other run would have to wait for it; else returns null.</summary>
    internal CpuShare? TryShare(int threads) => _stopped ? null : CpuShare.TryTake(_budget, threads);

    /// <summary>Runs what is queued already, then ends the threads. Runs that have given up their permits are not waited for.</summary>
    public void Dispose()
    {
        _stopped = true;
        _queue.Complete();
        lock (_gate)
        {
            while (_working > 0)
                Monitor.Wait(_gate);
        }

        Watch.Dispose();
    }

    private void StartThread() => new Thread(RunQueued) { IsBackground = true, Name = "seqserve-run" }.Start();

    private bool TryReplaceThread()
    {
        lock (_gate)
        {
            if (_replaced == MaxReplaced)
                return false;
            _replaced++;
        }

        try
        {
            StartThread();
            return true;
        }
        catch (OutOfMemoryException)
        {
            // The system has no thread left.
            lock (_gate)
                _replaced--;
            return false;
        }
    }

    private void RunQueued()
    {
        var isReplaced = false;
        while (!isReplaced && _queue.TryTake(out var permit))
        {
            var took = TimeSpan.Zero;
            try
            {
                Run(permit.Source, out took, out isReplaced);
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

        lock (_gate)
        {
            // A thread that was replaced does not count among those that work.
            if (isReplaced)
                _replaced--;
            else
                _working--;
            Monitor.PulseAll(_gate);
        }
    }

    private void Run(IRunSource source, out TimeSpan took, out bool isReplaced)
    {
        (took, isReplaced) = (TimeSpan.Zero, false);
        // The budget comes first: the batch is assembled when it can run, from all that waits by then.
        var hold = RunHold.Begin(CpuShare.Take(_budget, source.ThreadsPerRun), _replaceThread);
        var started = Time.GetTimestamp();
        try
        {
            source.RunNext();
        }
        finally
        {
            took = Time.GetElapsedTime(started);
            hold.Dispose();
            isReplaced = hold.IsGivenUp;
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

/// <summary>
/// The sources that wait for a run permit, fair by CPU time used: of those that wait, the one that has used least goes first, and one that comes
/// back after a pause goes before those that kept the threads busy, without claiming what it did not use meanwhile (start-time fair queuing).
/// Safe for concurrent use.
/// </summary>
internal sealed class RunQueue
{
    private readonly object _gate = new();
    private readonly List<WaitingSource> _waiting = [];
    private readonly ConditionalWeakTable<IRunSource, CpuAccount> _accounts = [];
    private TimeSpan _now;
    private bool _completed;

    /// <summary>Whether a source waits.</summary>
    public bool IsWaitedFor
    {
        get
        {
            lock (_gate)
                return _waiting.Count > 0;
        }
    }

    /// <summary>Queues a source for one permit.</summary>
    /// <returns>False when no more are given.</returns>
    public bool TryAdd(IRunSource source)
    {
        lock (_gate)
        {
            if (_completed)
                return false;
            var account = _accounts.GetOrCreateValue(source);
            _waiting.Add(new WaitingSource(source, account, account.Used > _now ? account.Used : _now));
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Takes the permit of the source that is next; blocks until there is one. Give it back with <see cref="Return"/>.</summary>
    /// <returns>False when no source is left and no more will come.</returns>
    public bool TryTake(out RunPermit permit)
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_completed)
                {
                    permit = default;
                    return false;
                }

                Monitor.Wait(_gate);
            }

            var next = Next();
            var waiting = _waiting[next];
            _waiting.RemoveAt(next);
            var begin = waiting.Begin;
            _now = begin > _now ? begin : _now;
            // Charged with what the last run took until it is known what this one takes: on several threads the next permit may be taken before.
            permit = new RunPermit(waiting.Source, waiting.Account, waiting.Account.LastRun);
            waiting.Account.Used = begin + permit.Charged;
            return true;
        }
    }

    /// <summary>Gives a permit back and charges its source for the run.</summary>
    /// <param name="permit">The permit.</param>
    /// <param name="took">How long the run took.</param>
    public void Return(RunPermit permit, TimeSpan took)
    {
        lock (_gate)
        {
            permit.Account.Used += took - permit.Charged;
            permit.Account.LastRun = took;
        }
    }

    /// <summary>Takes no more sources; those that wait still get their permits.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _completed = true;
            Monitor.PulseAll(_gate);
        }
    }

    // Of equals the one that came first.
    private int Next()
    {
        var best = 0;
        for (var i = 1; i < _waiting.Count; i++)
        {
            if (_waiting[i].Begin < _waiting[best].Begin)
                best = i;
        }

        return best;
    }

    private readonly record struct WaitingSource(IRunSource Source, CpuAccount Account, TimeSpan Earliest)
    {
        // What its runs have used since it asked counts too.
        public TimeSpan Begin => Account.Used > Earliest ? Account.Used : Earliest;
    }
}

/// <summary>The right of a source to run once.</summary>
/// <param name="Source">The source.</param>
/// <param name="Account">Its CPU time.</param>
/// <param name="Charged">What the account was charged when the permit was taken: two permits of one source may be out at once.</param>
internal readonly record struct RunPermit(IRunSource Source, CpuAccount Account, TimeSpan Charged);

/// <summary>CPU time of one source on the time line of its queue.</summary>
internal sealed class CpuAccount
{
    /// <summary>Where on the time line its next run begins at the earliest.</summary>
    public TimeSpan Used { get; set; }

    /// <summary>How long its last run took.</summary>
    public TimeSpan LastRun { get; set; }
}
