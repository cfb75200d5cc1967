namespace SeqServe.Core.Compute;

/// <summary>The part of the CPU budget that one run holds. Dispose it to give it back.</summary>
internal sealed class RunShare : IDisposable
{
    private readonly CpuBudget _budget;
    private int _threads;

    private RunShare(CpuBudget budget, int threads) => (_budget, _threads) = (budget, threads);

    /// <summary>Takes a share; blocks until it is free.</summary>
    public static RunShare Take(CpuBudget budget, int threads) => new(budget, budget.Take(threads));

    /// <summary>Takes a share if no run would have to wait for it, else gives null.</summary>
    public static RunShare? TryTake(CpuBudget budget, int threads) => budget.TryTake(threads) is var taken and > 0 ? new RunShare(budget, taken) : null;

    /// <inheritdoc/>
    public void Dispose() => _budget.Return(Interlocked.Exchange(ref _threads, 0));
}
