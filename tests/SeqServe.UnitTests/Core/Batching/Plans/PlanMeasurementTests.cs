using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Backends;
using SeqServe.Core.Batching;
using SeqServe.Core.Batching.Plans;
using SeqServe.Core.Compute;
using SeqServe.Core.Tasks.Encoders;
using SeqServe.TestSupport;
using SeqServe.UnitTests.Core.Compute;

namespace SeqServe.UnitTests.Core.Batching.Plans;

public sealed class PlanMeasurementTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly FakeEncoderBackend _backend = new();
    private readonly FakeLogger<RunScheduler> _logger = new();
    private readonly RunScheduler _scheduler;
    private readonly TaskCompletionSource<(BatchPlan Plan, bool IsWhole)> _plan = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Action? _onPlan;

    public PlanMeasurementTests() => _scheduler = new RunScheduler(1, new FakeTimeProvider(), _logger);

    [Fact]
    public async Task Measure_RowsGetCheaperUpToFour_PrefersFour()
    {
        _backend.OnRun = () => _time.Advance(TimeSpan.FromMilliseconds(Rows switch { 1 => 0.1, 2 => 0.15, var rows => rows * 0.05 }));

        using var measurement = Start(new BatchLimits { MaxBatchSize = 8 });
        var (plan, isWhole) = await Patience.Wait(_plan.Task);

        Assert.True(isWhole);
        Assert.Equal(4, plan.BatchSize);
        Assert.Equal([1, 2, 4, 8], plan.Grid.Select(p => p.Rows).Distinct());
        Assert.Equal([24, 50], plan.Grid.Select(p => p.Length).Distinct());
        Assert.Equal(0.2, plan.Grid.First(p => p.Rows == 4).Time.TotalMilliseconds, 6);
    }

    [Theory]
    [InlineData(2, 4096, "1x24 1x50 2x24 2x50")]
    [InlineData(32, 100, "1x24 1x50 2x24 2x50 4x24")]
    [InlineData(32, 4096, "1x24 1x50 2x24 2x50 4x24 4x50 8x24 8x50 16x24 16x50 32x24")]
    [InlineData(32, 10, "1x24 1x50")]
    public async Task Measure_Limits_BoundWhatIsMeasuredButALoneRow(int maxRows, int maxTokens, string expected)
    {
        _backend.OnRun = () => _time.Advance(TimeSpan.FromMilliseconds(1));

        using var measurement = Start(new BatchLimits { MaxBatchSize = maxRows, MaxBatchTokens = maxTokens });
        var (plan, _) = await Patience.Wait(_plan.Task);

        Assert.Equal(expected, string.Join(' ', plan.Grid.Select(p => $"{p.Rows}x{p.Length}")));
    }

    [Fact]
    public async Task Measure_RunsThatGainFromMoreThreads_FindsFromWhichLengthOn()
    {
        using var backend = new FakeEncoderBackend { LatencyThreads = 2 };
        using var scheduler = new RunScheduler(2, new FakeTimeProvider());
        var latencyRuns = 0;
        int Tokens() => backend.Batches.Last().Sum(row => row.Length);
        backend.OnRun = () => _time.Advance(TimeSpan.FromMilliseconds(Tokens() / 20.0));
        backend.OnLatencyRun = () =>
        {
            latencyRuns++;
            _time.Advance(TimeSpan.FromMilliseconds(Tokens() / (Tokens() > 24 ? 40.0 : 20.0)));
        };

        using var measurement = New(backend, new BatchLimits { MaxBatchSize = 2 }, scheduler);
        measurement.Start();
        var (plan, isWhole) = await Patience.Wait(_plan.Task);

        Assert.True(isWhole);
        Assert.Equal(50, plan.LatencyFromTokens);
        Assert.Equal([(1, 24, 1), (1, 24, 2), (1, 50, 1), (1, 50, 2), (2, 24, 1), (2, 50, 1)], plan.Grid.Select(p => (p.Rows, p.Length, p.Threads)));
        // Ten rounds of two lengths, each run twice.
        Assert.Equal(40, latencyRuns);
    }

    [Fact]
    public async Task Measure_LatencySessionThatCannotBeOpened_MeasuresOneThreadOnly()
    {
        using var backend = new FakeEncoderBackend { LatencyThreads = 2, CanOpenLatencySession = false };
        using var scheduler = new RunScheduler(2, new FakeTimeProvider());
        backend.OnRun = () => _time.Advance(TimeSpan.FromMilliseconds(1));

        using var measurement = New(backend, new BatchLimits { MaxBatchSize = 1 }, scheduler);
        measurement.Start();
        var (plan, isWhole) = await Patience.Wait(_plan.Task);

        Assert.True(isWhole);
        Assert.Equal([(24, 1), (50, 1)], plan.Grid.Select(p => (p.Length, p.Threads)));
    }

    [Fact]
    public async Task Measure_LatencySessionFailsToOpen_LeavesTheModelAsItIs()
    {
        using var backend = new FakeEncoderBackend { LatencyThreads = 2, OnOpenLatencySession = () => throw new InvalidOperationException("broken") };

        using var measurement = New(backend, new BatchLimits(), _scheduler);
        measurement.Start();
        await Patience.Wait(_failed.Task);
        AwaitRuns();

        Assert.Empty(backend.Batches);
        Assert.False(_plan.Task.IsCompleted);
    }

    [Fact]
    public async Task Measure_WaitsForASession_CountsTheRunsOnly()
    {
        _backend.OnWait = () => _time.Advance(PlanMeasurement.Budget);
        _backend.OnRun = () => _time.Advance(TimeSpan.FromMilliseconds(1));

        using var measurement = Start(new BatchLimits { MaxBatchSize = 1 });
        var (plan, isWhole) = await Patience.Wait(_plan.Task);

        Assert.True(isWhole);
        Assert.All(plan.Grid, point => Assert.Equal(1, point.Time.TotalMilliseconds, 6));
    }

    [Fact]
    public async Task Measure_SlowModel_EndsWithTheBudget()
    {
        _backend.OnRun = () => _time.Advance(PlanMeasurement.Budget / 4);

        using var measurement = Start(new BatchLimits());
        var (plan, isWhole) = await Patience.Wait(_plan.Task);

        Assert.False(isWhole);
        Assert.Equal(4, _backend.Batches.Count);
        Assert.Equal(4, plan.Grid.Count);
    }

    [Fact]
    public async Task Measure_RunFails_LeavesTheModelAsItIs()
    {
        _backend.OnRun = () => throw new BackendException("fails");

        using var measurement = Start(new BatchLimits());
        await Patience.Wait(_failed.Task);
        AwaitRuns();

        Assert.False(_plan.Task.IsCompleted);
        Assert.Single(_backend.Batches);
    }

    [Fact]
    public async Task Measure_PlanCannotBeAdopted_EndsAndTheThreadGoesOn()
    {
        _backend.OnRun = () => _time.Advance(PlanMeasurement.Budget);
        var adoptions = 0;
        _onPlan = () =>
        {
            adoptions++;
            throw new IOException("the disk is full");
        };

        using var measurement = Start(new BatchLimits());
        await Patience.Wait(_failed.Task);
        AwaitRuns();

        Assert.Equal(1, adoptions);
        Assert.Single(_backend.Batches);
        // The measurement has handled it itself.
        Assert.Equal(0, _logger.Collector.Count);
    }

    [Fact]
    public void Dispose_BeforeTheEnd_RunsNoMore()
    {
        PlanMeasurement? measurement = null;
        _backend.OnRun = () => measurement!.Dispose();

        measurement = Prepare(new BatchLimits());
        measurement.Start();
        AwaitRuns();

        Assert.Single(_backend.Batches);
        Assert.False(_plan.Task.IsCompleted);
    }

    [Fact]
    public void Dispose_BeforeTheFirstRun_RunsNothing()
    {
        var measurement = Prepare(new BatchLimits());
        measurement.Dispose();

        measurement.RunNext();

        Assert.Empty(_backend.Batches);
    }

    [Fact]
    public void Dispose_InTheLastRun_GivesNoPlan()
    {
        PlanMeasurement? measurement = null;
        _backend.OnRun = () =>
        {
            _time.Advance(PlanMeasurement.Budget);
            measurement!.Dispose();
        };

        measurement = Prepare(new BatchLimits());
        measurement.Start();
        AwaitRuns();

        Assert.False(_plan.Task.IsCompleted);
    }

    // Its owner frees next what the session is opened on.
    [Fact]
    public void Dispose_WhileTheLatencySessionIsOpened_WaitsForIt()
    {
        using var opening = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        using var backend = new FakeEncoderBackend
        {
            LatencyThreads = 2,
            OnOpenLatencySession = () =>
            {
                opening.Set();
                Patience.Wait(go);
            },
        };
        var measurement = New(backend, new BatchLimits(), _scheduler);
        measurement.Start();
        Patience.Wait(opening);

        var disposal = new Thread(measurement.Dispose);
        disposal.Start();
        Assert.True(SpinWait.SpinUntil(() => (disposal.ThreadState & (ThreadState.WaitSleepJoin | ThreadState.Stopped)) != 0, Patience.Limit));
        var waits = disposal.IsAlive;
        go.Set();

        Assert.True(disposal.Join(Patience.Limit));
        Assert.True(waits);
        AwaitRuns();
        Assert.Empty(backend.Batches);
    }

    [Fact]
    public async Task Measure_RunLongerThanAnyStepMayBe_IsEndedAndTheVersionCannotServe()
    {
        using var scheduler = new RunScheduler(1, _time);
        var runs = new ModelRuns(scheduler, TimeSpan.FromSeconds(30));
        using var ended = new ManualResetEventSlim();
        var endedTooEarly = true;
        _backend.OnRun = () =>
        {
            using var ending = EndableRun.OnEnd(static state => ((ManualResetEventSlim)state).Set(), ended);
            _time.Advance(TimeSpan.FromSeconds(30));
            endedTooEarly = ended.IsSet;
            _time.Advance(TimeSpan.FromSeconds(1));
            Patience.Wait(ended);
            throw new BackendException("Terminated.");
        };

        using var measurement = New(_backend, new BatchLimits(), runs);
        measurement.Start();
        await Patience.Wait(_failed.Task);

        Assert.False(endedTooEarly);
        Assert.StartsWith("Measuring a batch took longer than 30 s", runs.Fault?.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dispose_WhileARunGoesOn_EndsIt()
    {
        using var scheduler = new RunScheduler(1, _time);
        var runs = new ModelRuns(scheduler, TimeSpan.FromSeconds(30));
        PlanMeasurement? measurement = null;
        using var ended = new ManualResetEventSlim();
        _backend.OnRun = () =>
        {
            using var ending = EndableRun.OnEnd(static state => ((ManualResetEventSlim)state).Set(), ended);
            measurement!.Dispose();
            _time.Advance(TimeSpan.FromSeconds(0.5));
            Patience.Wait(ended);
            throw new BackendException("Terminated.");
        };

        measurement = New(_backend, new BatchLimits(), runs);
        measurement.Start();
        await Patience.Wait(_failed.Task);

        Assert.Null(runs.Fault);
    }

    public void Dispose()
    {
        _scheduler.Dispose();
        _backend.Dispose();
    }

    private int Rows => _backend.Batches.Last().Length;

    private PlanMeasurement Start(BatchLimits limits)
    {
        var measurement = Prepare(limits);
        measurement.Start();
        return measurement;
    }

    private PlanMeasurement Prepare(BatchLimits limits) => New(_backend, limits, _scheduler);

    private PlanMeasurement New(FakeEncoderBackend backend, BatchLimits limits, RunScheduler scheduler) => New(backend, limits, new ModelRuns(scheduler));

    private PlanMeasurement New(FakeEncoderBackend backend, BatchLimits limits, ModelRuns runs) =>
        new(new MeasuredEncoder(backend, padId: 0), limits, maxTokens: 50, runs, _time, Receive, FailureLogger());

    // The measurement logs one thing only: that it has failed.
    private FakeLogger FailureLogger() => new(FakeLogCollector.Create(new FakeLogCollectorOptions { OutputSink = _ => _failed.TrySetResult() }));

    private void Receive(BatchPlan plan, bool isWhole)
    {
        _onPlan?.Invoke();
        _plan.SetResult((plan, isWhole));
    }

    private void AwaitRuns()
    {
        // The second wait is behind the run that the measurement may have asked for before the first.
        _scheduler.AwaitScheduled();
        _scheduler.AwaitScheduled();
    }
}
