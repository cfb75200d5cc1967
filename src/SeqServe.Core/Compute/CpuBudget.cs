namespace SeqServe.Core.Compute;

/// <summary>
/// The CPU threads of the process, leased in the order of requests: a run that takes several waits until that many are free, and later ones wait behind it, so
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

    /// <summary>Whether a run waits for threads.</summary>
    public bool IsWaitedFor
    {
        get
        {
            lock (_gate)
                return _nextTicket != _served;
        }
    }

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

/// <summary>
/// What a run holds of the CPU budget, from where it begins. A run that goes on for long gives it up, so that other models do not wait for it; the run itself
/// goes on.
/// </summary>
internal sealed class RunHold : IDisposable
{
    [ThreadStatic]
    private static RunHold? s_current;

    private readonly Lock _gate = new();
    private readonly Func<bool>? _replaceThread;
    private readonly CpuShare _share;
    private CpuShare? _more;
    private State _state;

    private RunHold(CpuShare share, Func<bool>? replaceThread) => (_share, _replaceThread) = (share, replaceThread);

    private enum State
    {
        Held,
        GivenUp,
        Ended,
    }

    /// <summary>The hold of the run on the calling thread, or null.</summary>
    public static RunHold? Current => s_current;

    /// <summary>Begins a run on the calling thread, which owns the share from now on.</summary>
    /// <param name="share">Its part of the CPU budget.</param>
    /// <param name="replaceThread">
    /// Starts another thread in the place of the calling one, or says that there are too many; null where the thread is not one of the scheduler's.
    /// </param>
    public static RunHold Begin(CpuShare share, Func<bool>? replaceThread) => s_current = new RunHold(share, replaceThread);

    /// <summary>Whether it was given up before it ended: another thread is in the place of the run's own.</summary>
    public bool IsGivenUp => _state == State.GivenUp;

    /// <summary>Holds a further share until the run ends.</summary>
    public void Add(CpuShare more)
    {
        lock (_gate)
        {
            if (_state == State.Held)
                _more = more;
            else
                more.Dispose();
        }
    }

    /// <summary>Gives the budget back while the run goes on. Called from another thread than the run's.</summary>
    public void GiveUp()
    {
        lock (_gate)
        {
            if (_state != State.Held || _replaceThread?.Invoke() == false)
                return;
            _state = State.GivenUp;
            Free();
        }
    }

    /// <summary>The run has ended. Called on its own thread.</summary>
    public void Dispose()
    {
        s_current = null;
        lock (_gate)
        {
            if (_state != State.Held)
                return;
            _state = State.Ended;
            Free();
        }
    }

    private void Free()
    {
        _more?.Dispose();
        _share.Dispose();
    }
}
