using System.Runtime.CompilerServices;

namespace SeqServe.Core.Compute;

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
