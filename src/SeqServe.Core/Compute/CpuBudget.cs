namespace SeqServe.Core.Compute;

/// <summary>
/// The CPU threads of the process, lent in the order of requests: a run that takes several waits until that many are free, and later ones wait behind it, so
/// that it is not overtaken for ever. No run waits while it holds any, so there is no deadlock.
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

    /// <summary>Takes threads if they are free and no run waits for any; never blocks.</summary>
    /// <returns>How many were taken, to be given back; 0 when the caller would have had to wait.</returns>
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

/// <summary>The part of the CPU budget that one run holds. Dispose it to give it back.</summary>
internal sealed class CpuShare : IDisposable
{
    private readonly CpuBudget _budget;
    private int _threads;

    private CpuShare(CpuBudget budget, int threads) => (_budget, _threads) = (budget, threads);

    /// <summary>Takes a share; blocks until it is free.</summary>
    public static CpuShare Take(CpuBudget budget, int threads) => new(budget, budget.Take(threads));

    /// <summary>Takes a share if no run would have to wait for it, else returns null.</summary>
    public static CpuShare? TryTake(CpuBudget budget, int threads) => budget.TryTake(threads) is var taken and > 0 ? new CpuShare(budget, taken) : null;

    /// <inheritdoc/>
    public void Dispose() => _budget.Return(Interlocked.Exchange(ref _threads, 0));
}
