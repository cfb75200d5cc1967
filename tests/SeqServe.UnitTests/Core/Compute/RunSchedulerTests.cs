using SeqServe.Core.Compute;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Compute;

public class RunSchedulerTests
{
    [Fact]
    public void Scheduler_OfNoThreads_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new RunScheduler(0));

    [Fact]
    public void Dispose_TurnsGiven_RunsThemFirst()
    {
        var source = new Counter();
        var scheduler = new RunScheduler(2);
        for (var i = 0; i < 100; i++)
            Assert.True(scheduler.Schedule(source));

        scheduler.Dispose();

        Assert.Equal(100, source.Turns);
    }

    [Fact]
    public void Schedule_AfterDispose_SaysNo()
    {
        var scheduler = new RunScheduler(1);
        scheduler.Dispose();

        Assert.False(scheduler.Schedule(new Counter()));
    }

    [Fact]
    public void Schedule_AsManyAsThreads_RunsThemSideBySide()
    {
        using var meeting = new Barrier(3);
        var scheduler = new RunScheduler(3);
        var source = new Counter { OnTurn = () => meeting.SignalAndWait(Patience.Limit) };

        for (var i = 0; i < 3; i++)
            scheduler.Schedule(source);
        scheduler.Dispose();

        Assert.Equal(1, meeting.CurrentPhaseNumber);
    }

    private sealed class Counter : IRunSource
    {
        private int _turns;

        public Action? OnTurn { get; init; }

        public int Turns => _turns;

        public void RunNext()
        {
            OnTurn?.Invoke();
            Interlocked.Increment(ref _turns);
        }
    }
}
