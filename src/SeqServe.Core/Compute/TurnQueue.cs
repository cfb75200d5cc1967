using System.Runtime.CompilerServices;

namespace SeqServe.Core.Compute;

/// <summary>
/// The turns that wait for a compute thread, fair by CPU time used: of the sources that wait, the one that has used least goes first, and one that comes
/// back after a pause goes before those that kept the threads busy, without claiming what it did not use meanwhile (start-time fair queuing).
/// Safe for concurrent use.
/// </summary>
internal sealed class TurnQueue
{
    private readonly object _gate = new();
    private readonly List<Turn> _waiting = [];
    private readonly ConditionalWeakTable<IRunSource, Account> _accounts = [];
    private TimeSpan _now;
    private bool _completed;

    /// <summary>Adds a turn.</summary>
    /// <returns>False when no more are taken.</returns>
    public bool TryAdd(IRunSource source)
    {
        lock (_gate)
        {
            if (_completed)
                return false;
            var account = _accounts.GetOrCreateValue(source);
            _waiting.Add(new Turn(source, account, account.Used > _now ? account.Used : _now));
            Monitor.Pulse(_gate);
            return true;
        }
    }

    /// <summary>Takes the turn that is next; blocks until there is one. Tell <see cref="Ended"/> how long it took.</summary>
    /// <returns>Null when none is left and no more will come.</returns>
    public IRunSource? Take()
    {
        lock (_gate)
        {
            while (_waiting.Count == 0)
            {
                if (_completed)
                    return null;
                Monitor.Wait(_gate);
            }

            var next = Next();
            var turn = _waiting[next];
            _waiting.RemoveAt(next);
            _now = turn.Begin > _now ? turn.Begin : _now;
            // Charged with what the last one took until it is known what this one takes: on several threads the next turn may be taken before.
            turn.Account.Used = turn.Begin + turn.Account.LastTurn;
            return turn.Source;
        }
    }

    /// <summary>Charges a source for a turn.</summary>
    public void Ended(IRunSource source, TimeSpan took)
    {
        lock (_gate)
        {
            var account = _accounts.GetOrCreateValue(source);
            account.Used += took - account.LastTurn;
            account.LastTurn = took;
        }
    }

    /// <summary>Takes no more turns; those that wait are still given out.</summary>
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

    private sealed class Account
    {
        public TimeSpan Used { get; set; }

        public TimeSpan LastTurn { get; set; }
    }

    private readonly record struct Turn(IRunSource Source, Account Account, TimeSpan Earliest)
    {
        // What its runs have used since it asked counts too.
        public TimeSpan Begin => Account.Used > Earliest ? Account.Used : Earliest;
    }
}
