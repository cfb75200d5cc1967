namespace SeqServe.Core.Compute;

/// <summary>
/// The CPU threads of the process, lent in order of asking: a run that takes several waits until that many are free, and later ones wait behind it, so that
/// it is not overtaken for ever. Nobody waits while holding any, so there is no deadlock.
/// </summary>
internal sealed class CpuBudget
{
    private readonly object _gate = new();
    private readonly int _threads;
    private int _free;
    private ulong _nextTicket;
    private ulong _served;

    /// <summary>Makes a budget.</summary>
    /// <param name="threads">How many there are, at least 1.</param>
    public CpuBudget(int threads) => _free = _threads = threads;

    /// <summary>Takes threads, as many as there are at most; blocks until they are free.</summary>
    /// <returns>How many were taken; to be given back.</returns>
    public int Take(int wanted)
    {
        var count = Math.Clamp(wanted, 1, _threads);
        lock (_gate)
        {
            var ticket = _nextTicket++;
            while (ticket != _served || _free < count)
                Monitor.Wait(_gate);
            _served++;
            _free -= count;
            Monitor.PulseAll(_gate);
        }

        return count;
    }

    /// <summary>Takes threads if they are free and nobody waits for any; never blocks.</summary>
    /// <returns>How many were taken, to be given back; 0 when that would have meant to wait.</returns>
    public int TryTake(int wanted)
    {
        var count = Math.Clamp(wanted, 1, _threads);
        lock (_gate)
        {
            if (_nextTicket != _served || _free < count)
                return 0;
            _free -= count;
            return count;
        }
    }

    /// <summary>Gives threads back.</summary>
    public void Return(int count)
    {
        lock (_gate)
        {
            _free += count;
            Monitor.PulseAll(_gate);
        }
    }
}
