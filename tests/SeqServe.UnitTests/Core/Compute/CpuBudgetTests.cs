using SeqServe.Core.Compute;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Compute;

public class CpuBudgetTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(2, 2)]
    [InlineData(9, 4)]
    public void Take_AnyWish_IsBetweenOneAndAll(int wanted, int taken) => Assert.Equal(taken, new CpuBudget(4).Take(wanted));

    [Fact]
    public async Task Take_MoreThanIsFree_WaitsForTheirReturn()
    {
        var budget = new CpuBudget(2);
        budget.Take(1);
        var both = Task.Run(() => budget.Take(2));

        Assert.False(both.IsCompleted);
        budget.Return(1);

        Assert.Equal(2, await Patience.Wait(both));
    }

    [Fact]
    public void TryTake_NotAsManyFree_TakesNone()
    {
        var budget = new CpuBudget(2);

        Assert.Equal(1, budget.TryTake(1));
        Assert.Equal(0, budget.TryTake(2));
        Assert.Equal(1, budget.TryTake(1));
        Assert.Equal(0, budget.TryTake(1));
        budget.Return(2);
        Assert.Equal(2, budget.TryTake(5));
    }

    [Fact]
    public void Scheduler_RunsOfSeveralThreads_NeverExceedTheBudget()
    {
        var load = new Load();
        var scheduler = new RunScheduler(4);
        for (var i = 0; i < 200; i++)
            scheduler.Schedule(new Run(load, 1 + (i % 4)));

        scheduler.Dispose();

        Assert.Equal(200, load.Runs);
        Assert.InRange(load.Most, 1, 4);
    }

    private sealed class Load
    {
        private readonly Lock _gate = new();
        private int _now;

        public int Most { get; private set; }

        public int Runs { get; private set; }

        public void Enter(int threads)
        {
            lock (_gate)
            {
                _now += threads;
                Most = Math.Max(Most, _now);
                Runs++;
            }
        }

        public void Leave(int threads)
        {
            lock (_gate)
                _now -= threads;
        }
    }

    private sealed class Run(Load load, int threads) : IRunSource
    {
        public int ThreadsPerRun => threads;

        public void RunNext()
        {
            load.Enter(threads);
            Thread.Yield();
            load.Leave(threads);
        }
    }
}
