using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Compute;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Compute;

public sealed class ModelRunsTests : IDisposable
{
    private static readonly InvalidOperationException s_reason = new("The model is being unloaded.");

    private readonly FakeTimeProvider _time = new();
    private readonly RunScheduler _scheduler;
    private readonly ModelRuns _runs;

    public ModelRunsTests()
    {
        _scheduler = new RunScheduler(1, _time);
        _runs = new ModelRuns(_scheduler, TimeSpan.FromSeconds(30));
    }

    public void Dispose() => _scheduler.Dispose();

    [Fact]
    public void EndAll_ARunGoesOn_CallsItsThreadBackOnceAndSaysWhy()
    {
        var calls = 0;
        using var run = _runs.Begin();
        using var ending = EndableRun.OnEnd(_ => calls++, this);

        _runs.EndAll(s_reason);
        _runs.EndAll(new InvalidOperationException("Another reason."));

        Assert.Equal(1, calls);
        Assert.True(ending.HasEnded);
        Assert.Same(s_reason, run.Reason);
    }

    [Fact]
    public void EndAll_AfterTheNativeRun_DoesNotCallBack()
    {
        var calls = 0;
        using var run = _runs.Begin();
        EndableRun.OnEnd(_ => calls++, this).Dispose();

        _runs.EndAll(s_reason);

        Assert.Equal(0, calls);
    }

    [Fact]
    public void Begin_AfterEndAll_LetsNoNativeRunBegin()
    {
        _runs.EndAll(s_reason);
        using var run = _runs.Begin();

        var ended = Assert.Throws<OperationCanceledException>(() => EndableRun.OnEnd(_ => { }, this));

        Assert.Same(s_reason, ended.InnerException);
    }

    [Fact]
    public void OnEnd_OfAThreadWithoutARun_NeverEnds() => Assert.False(EndableRun.OnEnd(_ => Assert.Fail("There is no run."), this).HasEnded);

    [Fact]
    public void OnEnd_InsideOfAnotherRun_IsOfTheInnerOne()
    {
        using var other = new RunScheduler(1, _time);
        var inner = new ModelRuns(other);
        using var outerRun = _runs.Begin();
        using (inner.Begin())
        {
            using var ending = EndableRun.OnEnd(_ => { }, this);
            inner.EndAll(s_reason);
            Assert.True(ending.HasEnded);
        }

        Assert.False(EndableRun.OnEnd(_ => { }, this).HasEnded);
    }

    [Theory]
    [InlineData(0.3, false)]
    [InlineData(0.6, true)]
    public void Begin_NobodyWaitsForTheRun_IsEndedOnceItIsLong(double seconds, bool isEnded)
    {
        using var run = _runs.Begin(static state => (Exception?)state, s_reason);

        _time.Advance(TimeSpan.FromSeconds(seconds));

        Assert.Equal(isEnded, run.Reason is not null);
    }

    [Fact]
    public void Begin_SomebodyWaitsForTheRun_GoesOn()
    {
        using var run = _runs.Begin(static _ => null);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Null(run.Reason);
    }

    [Fact]
    public void EndAllAfter_TheTimeHasPassed_EndsWhatGoesOn()
    {
        using var run = _runs.Begin(static _ => null);
        _runs.EndAllAfter(TimeSpan.FromSeconds(5), s_reason);

        _time.Advance(TimeSpan.FromSeconds(4.9));
        Assert.Null(run.Reason);
        _time.Advance(TimeSpan.FromSeconds(0.2));

        Assert.Same(s_reason, run.Reason);
    }

    [Fact]
    public void Fault_ARunDoesNotEnd_IsThereUntilItDoes()
    {
        var run = _runs.Begin(static state => (Exception?)state, s_reason);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(_runs.Fault);

        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.Contains("goes on (The model is being unloaded)", _runs.Fault!.Reason, StringComparison.Ordinal);
        run.Dispose();
        Assert.Null(_runs.Fault);
    }

    [Fact]
    public void EndAndFree_NoRun_FreesAtOnce()
    {
        var freed = 0;

        Assert.True(_runs.EndAndFree(s_reason, () => freed++));

        Assert.Equal(1, freed);
    }

    [Fact]
    public async Task EndAndFree_ARunThatDoesNotEnd_FreesWhenItDoes()
    {
        var freed = 0;
        var run = _runs.Begin();
        var freeing = Task.Run(() => _runs.EndAndFree(s_reason, () => freed++));
        while (!freeing.IsCompleted)
            _time.Advance(TimeSpan.FromSeconds(1));

        Assert.False(await freeing);
        Assert.Equal(0, freed);
        run.Dispose();
        Assert.Equal(1, freed);
    }

    [Fact]
    public void Bounded_AStepThatEnds_GivesItsResult() => Assert.Equal(7, _runs.Bounded("The probe", () => 7));

    [Fact]
    public void Bounded_AStepThatFails_ThrowsWhatItThrows() =>
        Assert.Same(s_reason, Assert.Throws<InvalidOperationException>(() => _runs.Bounded("The probe", () => throw s_reason)));

    [Fact]
    public async Task Bounded_AStepWithoutAnEnd_IsEndedAndNeverServes()
    {
        using var ended = new ManualResetEventSlim();
        var bounded = Task.Run(() => _runs.Bounded("The probe", () =>
        {
            // As a probe that takes a failed run for a graph that it cannot judge.
            using var ending = EndableRun.OnEnd(static state => ((ManualResetEventSlim)state).Set(), ended);
            Patience.Wait(ended);
            return false;
        }));
        while (!bounded.IsCompleted)
            _time.Advance(TimeSpan.FromSeconds(10));

        var fault = await Assert.ThrowsAsync<ModelLoadException>(() => bounded);
        Assert.Contains("The probe took longer than 30 s", fault.Message, StringComparison.Ordinal);
        Assert.True(ended.IsSet);
        Assert.Throws<ModelLoadException>(() => _runs.Bounded("Another step", () => true));
    }

    [Fact]
    public async Task Bounded_AStepThatCannotBeEnded_IsLeftAfterTheGrace()
    {
        using var gate = new ManualResetEventSlim();
        var freed = false;
        var bounded = Task.Run(() => _runs.Bounded("The probe", () => Patience.Wait(gate)));
        while (!bounded.IsCompleted)
            _time.Advance(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<ModelLoadException>(() => bounded);
        var freeing = Task.Run(() => _runs.EndAndFree(s_reason, () => Volatile.Write(ref freed, true)));
        while (!freeing.IsCompleted)
            _time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(Volatile.Read(ref freed));
        gate.Set();
        Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref freed), Patience.Limit));
    }
}
