using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Compute;

public class RunSchedulerTests
{
    [Fact]
    public void Scheduler_OfNoThreads_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new RunScheduler(0));

    [Fact]
    public void Dispose_RunsQueued_RunsThemFirst()
    {
        var source = new Counter();
        var scheduler = new RunScheduler(2);
        for (var i = 0; i < 100; i++)
            Assert.True(scheduler.Schedule(source));

        scheduler.Dispose();

        Assert.Equal(100, source.Runs);
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
        var source = new Counter { OnRun = () => meeting.SignalAndWait(Patience.Limit) };

        for (var i = 0; i < 3; i++)
            scheduler.Schedule(source);
        scheduler.Dispose();

        Assert.Equal(1, meeting.CurrentPhaseNumber);
    }

    [Fact]
    public async Task RunNext_LongWhileAnotherWaits_GivesItsPermitUp()
    {
        var time = new FakeTimeProvider();
        using var scheduler = new RunScheduler(1, time);
        var runs = new ModelRuns(scheduler);
        using var gate = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.Schedule(new Counter
        {
            OnRun = () =>
            {
                using var run = runs.Begin(static _ => null);
                started.Set();
                Patience.Wait(gate);
            },
        });
        Patience.Wait(started);
        scheduler.Schedule(new Counter { OnRun = answered.SetResult });
        Assert.False(answered.Task.IsCompleted);

        time.Advance(TimeSpan.FromSeconds(0.6));

        await Patience.Wait(answered.Task);
        gate.Set();
        // The thread that was replaced ends, and one is left.
        var next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.Schedule(new Counter { OnRun = next.SetResult });
        await Patience.Wait(next.Task);
    }

    [Fact]
    public void RunNext_LongAndNobodyWaits_KeepsItsPermit()
    {
        var time = new FakeTimeProvider();
        using var scheduler = new RunScheduler(1, time);
        var runs = new ModelRuns(scheduler);
        using var gate = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        scheduler.Schedule(new Counter
        {
            OnRun = () =>
            {
                using var run = runs.Begin(static _ => null);
                started.Set();
                Patience.Wait(gate);
            },
        });
        Patience.Wait(started);

        time.Advance(TimeSpan.FromMinutes(1));

        Assert.Null(scheduler.TryShare(1));
        gate.Set();
    }

    [Fact]
    public void Dispose_ARunThatCannotBeEnded_DoesNotWaitForIt()
    {
        var time = new FakeTimeProvider();
        var scheduler = new RunScheduler(1, time);
        var runs = new ModelRuns(scheduler);
        using var gate = new ManualResetEventSlim();
        using var started = new ManualResetEventSlim();
        scheduler.Schedule(new Counter
        {
            OnRun = () =>
            {
                using var run = runs.Begin(static _ => new InvalidOperationException("Nobody waits."));
                started.Set();
                Patience.Wait(gate);
            },
        });
        Patience.Wait(started);
        time.Advance(TimeSpan.FromSeconds(1));
        time.Advance(TimeSpan.FromSeconds(3));

        scheduler.Dispose();

        Assert.NotNull(runs.Fault);
        gate.Set();
        Assert.True(SpinWait.SpinUntil(() => runs.Fault is null, Patience.Limit));
    }

    [Fact]
    public void RunNext_Throws_IsLoggedAndTheThreadGoesOn()
    {
        var logger = new FakeLogger<RunScheduler>();
        var scheduler = new RunScheduler(1, logger: logger);
        var failure = new InvalidOperationException("a bug");
        scheduler.Schedule(new Counter { OnRun = () => throw failure });
        var next = new Counter();
        scheduler.Schedule(next);

        scheduler.Dispose();

        Assert.Equal(1, next.Runs);
        var entry = Assert.Single(logger.Collector.GetSnapshot());
        Assert.Equal((LogLevel.Critical, EventIds.RunSourceFailed), (entry.Level, entry.Id.Id));
        Assert.Same(failure, entry.Exception);
    }

    [Fact]
    public void RunNext_Throws_GivesItsThreadsBack()
    {
        using var threads = new Barrier(2);
        using var taken = new ManualResetEventSlim();
        var scheduler = new RunScheduler(2);
        scheduler.Schedule(new Counter
        {
            ThreadsPerRun = 2,
            OnRun = () =>
            {
                taken.Set();
                throw new InvalidOperationException("a bug");
            },
        });
        // A run of one thread that overtook it would be waited for by it, and would itself wait at the barrier.
        Patience.Wait(taken);
        var source = new Counter { OnRun = () => threads.SignalAndWait(Patience.Limit) };
        scheduler.Schedule(source);
        scheduler.Schedule(source);

        scheduler.Dispose();

        Assert.Equal(1, threads.CurrentPhaseNumber);
        Assert.Equal(2, source.Runs);
    }

    [Fact]
    public void ThreadsPerRun_Throws_KeepsTheThread()
    {
        var scheduler = new RunScheduler(1);
        scheduler.Schedule(new BrokenSource());
        var next = new Counter();
        scheduler.Schedule(next);

        scheduler.Dispose();

        Assert.Equal(1, next.Runs);
    }

    [Fact]
    public void RunNext_ThrowsAndTheLogToo_KeepsTheThread()
    {
        var scheduler = new RunScheduler(1, logger: new BrokenLogger());
        scheduler.Schedule(new Counter { OnRun = () => throw new InvalidOperationException("a bug") });
        var next = new Counter();
        scheduler.Schedule(next);

        scheduler.Dispose();

        Assert.Equal(1, next.Runs);
    }

    [Fact]
    public void RunNext_ThrowsAfterALongRun_IsChargedForIt()
    {
        var time = new FakeTimeProvider();
        using var gate = new ManualResetEventSlim();
        var order = new List<string>();
        var scheduler = new RunScheduler(1, time);
        Counter costly = null!;
        var cheap = new Counter { OnRun = () => order.Add("cheap") };
        costly = new Counter
        {
            OnRun = () =>
            {
                order.Add("costly");
                if (order.Count > 1)
                    return;
                scheduler.Schedule(costly);
                scheduler.Schedule(cheap);
                time.Advance(TimeSpan.FromSeconds(1));
                throw new InvalidOperationException("a bug");
            },
        };

        scheduler.Schedule(costly);
        scheduler.Schedule(new Counter { OnRun = gate.Set });
        Patience.Wait(gate);
        scheduler.Dispose();

        Assert.Equal(["costly", "cheap", "costly"], order);
    }

    private sealed class BrokenSource : IRunSource
    {
        public int ThreadsPerRun => throw new InvalidOperationException("a bug");

        public void RunNext()
        {
        }
    }

    private sealed class BrokenLogger : ILogger<RunScheduler>
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new IOException("the disk is full");
    }

    private sealed class Counter : IRunSource
    {
        private int _runs;

        public int ThreadsPerRun { get; init; } = 1;

        public Action? OnRun { get; init; }

        public int Runs => _runs;

        public void RunNext()
        {
            OnRun?.Invoke();
            Interlocked.Increment(ref _runs);
        }
    }
}
