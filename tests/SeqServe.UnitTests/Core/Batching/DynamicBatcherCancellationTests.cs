using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using SeqServe.Core.Compute;
using SeqServe.Core.Diagnostics;
using SeqServe.Core.Errors;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Core.Batching;

public class DynamicBatcherCancellationTests
{
    [Fact]
    public async Task Cancel_WaitingRow_NeverRuns()
    {
        using var bench = new BatcherBench();
        bench.Block();
        var gone = bench.Enqueue();
        var stays = bench.Enqueue();
        using var caller = new CancellationTokenSource();
        await caller.CancelAsync();

        bench.Batcher.Cancel(gone, new OperationCanceledException(caller.Token));
        bench.Runner.Open();
        await Patience.Wait(stays.Completion);

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.Wait(gone.Completion));
        Assert.Equal(caller.Token, cancelled.CancellationToken);
        Assert.DoesNotContain(bench.Runner.Batches, batch => batch.Contains(gone));
    }

    [Fact]
    public async Task Cancel_LastWaitingRow_CostsNoRunAndIsNoFault()
    {
        var log = new FakeLogger();
        using var bench = new BatcherBench(logger: log);
        var blocker = bench.Block();
        bench.Batcher.Cancel(bench.Enqueue(), new OperationCanceledException());

        bench.Runner.Open();
        await Patience.Wait(blocker.Completion);
        bench.AwaitScheduled();

        Assert.Single(bench.Runner.Batches);
        Assert.Equal(0, bench.Batcher.Depth);
        Assert.Equal(0, log.Collector.Count);
    }

    [Fact]
    public async Task Cancel_Late_FailsWithItsReason()
    {
        using var bench = new BatcherBench();
        bench.Block();
        var late = bench.Enqueue();

        bench.Batcher.Cancel(late, new ServingException(ServingErrorCode.DeadlineExceeded, "Late."));

        Assert.Equal(ServingErrorCode.DeadlineExceeded, await BatcherBench.FailureOf(late));
    }

    [Fact]
    public async Task Cancel_RunningRow_EndsItsWaitAtOnce()
    {
        using var bench = new BatcherBench();
        var running = bench.Block();

        bench.Batcher.Cancel(running, new OperationCanceledException());

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Patience.Wait(running.Completion));
        Assert.Equal(0, bench.Batcher.Depth);
    }

    [Fact]
    public void Cancel_Twice_CountsOnce()
    {
        using var bench = new BatcherBench();
        bench.Block();
        var gone = bench.Enqueue();
        bench.Enqueue();

        bench.Batcher.Cancel(gone, new OperationCanceledException());
        bench.Batcher.Cancel(gone, new OperationCanceledException());

        Assert.Equal(1, bench.Batcher.Depth);
    }

    [Fact]
    public async Task Dispose_RowsWaiting_FailsThemAndWaitsForTheRun()
    {
        using var bench = new BatcherBench();
        var running = bench.Block();
        var waiting = bench.Enqueue();

        var disposal = Task.Run(bench.Batcher.Dispose);

        Assert.Equal(ServingErrorCode.Draining, await BatcherBench.FailureOf(waiting));
        Assert.False(disposal.IsCompleted);
        bench.Runner.Open();
        await Patience.Wait(disposal);
        Assert.True(running.Completion.IsCompletedSuccessfully);
        Assert.Single(bench.Runner.Batches);
    }

    [Fact]
    public void Enqueue_AfterDispose_IsDraining()
    {
        using var bench = new BatcherBench();
        bench.Batcher.Dispose();

        Assert.Equal(ServingErrorCode.Draining, Assert.Throws<ServingException>(() => bench.Enqueue()).Code);
    }

    [Fact]
    public async Task Cancel_LastRowOfALongRun_EndsTheRunWithoutAFault()
    {
        var log = new FakeLogger();
        using var bench = new BatcherBench(logger: log);
        using var begun = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        bench.Runner.OnRun = () =>
        {
            using var ending = EndableRun.OnEnd(static state => ((ManualResetEventSlim)state).Set(), ended);
            begun.Set();
            Patience.Wait(ended);
            throw new InvalidOperationException("Terminated.");
        };
        var running = bench.Enqueue();
        Patience.Wait(begun);
        bench.Batcher.Cancel(running, new OperationCanceledException());

        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                bench.Time.Advance(TimeSpan.FromSeconds(0.5));
                return ended.IsSet;
            },
            Patience.Limit));

        bench.AwaitScheduled();
        var line = Assert.Single(log.Collector.GetSnapshot());
        Assert.Equal((EventIds.RunEnded, LogLevel.Information), (line.Id.Id, line.Level));
        bench.Runner.OnRun = null;
        await Patience.Wait(bench.Enqueue().Completion);
    }

    [Fact]
    public async Task Cancel_OneOfTwoRowsOfALongRun_LetsTheOtherHaveItsAnswer()
    {
        using var bench = new BatcherBench();
        bench.Block();
        var gone = bench.Enqueue();
        var stays = bench.Enqueue();
        using var begun = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var isEnded = false;
        bench.Runner.OnRun = () =>
        {
            if (bench.Runner.Batches.Count == 1)
                return;
            using var ending = EndableRun.OnEnd(_ => isEnded = true, bench);
            begun.Set();
            Patience.Wait(go);
        };
        bench.Runner.Open();
        Patience.Wait(begun);

        bench.Batcher.Cancel(gone, new OperationCanceledException());
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        go.Set();

        await Patience.Wait(stays.Completion);
        Assert.False(isEnded);
    }

    [Fact]
    public async Task EndAll_ARunOfTwoRows_FailsBothWithTheReasonAndRunsNeitherAgain()
    {
        using var bench = new BatcherBench();
        bench.Block();
        TestRow[] rows = [bench.Enqueue(), bench.Enqueue()];
        using var begun = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        bench.Runner.OnRun = () =>
        {
            if (bench.Runner.Batches.Count == 1)
                return;
            using var ending = EndableRun.OnEnd(static state => ((ManualResetEventSlim)state).Set(), ended);
            begun.Set();
            Patience.Wait(ended);
            throw new InvalidOperationException("Terminated.");
        };
        bench.Runner.Open();
        Patience.Wait(begun);

        bench.Runs.EndAll(new ServingException(ServingErrorCode.Draining, "Unloaded."));

        foreach (var row in rows)
            Assert.Equal(ServingErrorCode.Draining, await BatcherBench.FailureOf(row));
        Assert.Equal(2, bench.Runner.Batches.Count);
    }
}
