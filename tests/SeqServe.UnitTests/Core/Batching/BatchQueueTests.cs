using Microsoft.Extensions.Time.Testing;
using SeqServe.Core.Batching;

namespace SeqServe.UnitTests.Core.Batching;

public class BatchQueueTests
{
    private static readonly BatchLimits s_limits = new() { MaxBatchSize = 32, MaxPadding = 1 };

    [Fact]
    public void Prefer_NothingPreferredYet_IsWhatWasMeasured()
    {
        var queue = Queue(s_limits);

        queue.Prefer(8, 512, 0.05);

        Assert.Equal(((int?)8, 512, 0.05), (queue.Limits.PreferredBatchSize, queue.Limits.Tokens, queue.Limits.Padding));
    }

    [Fact]
    public void Prefer_WhatTheManifestPrefers_Stays()
    {
        var queue = Queue(s_limits with { PreferredBatchSize = 2, PreferredBatchTokens = 100, PreferredPadding = 0.01 });

        queue.Prefer(8, 512, 0.05);

        Assert.Equal(((int?)2, 100, 0.01), (queue.Limits.PreferredBatchSize, queue.Limits.Tokens, queue.Limits.Padding));
    }

    [Fact]
    public void Prefer_NoTokensMeasured_LeavesTheLimit()
    {
        var queue = Queue(s_limits with { MaxBatchTokens = 1000 });

        queue.Prefer(8, null, 0.05);

        Assert.Equal(1000, queue.Limits.Tokens);
    }

    // 64 full batches may wait however long they take, up to 2 s.
    [Fact]
    public void Prefer_SmallerBatch_LetsFewerRowsWait()
    {
        var queue = Queue(s_limits);
        queue.Rate.Add(1, TimeSpan.FromMilliseconds(1));
        for (var i = 0; i < 129; i++)
            queue.Add([new TestRow()], 4);
        Assert.Null(queue.Refusal(1, left: null));

        queue.Prefer(2, null, 0.05);

        Assert.NotNull(queue.Refusal(1, left: null));
    }

    [Theory]
    [InlineData(8, 2)]
    [InlineData(11, 2)]
    [InlineData(12, 3)]
    [InlineData(3, 0)]
    public void Take_SlotsForSomeOfTheRows_TakesThoseInFrontAndLeavesTheOthers(int slots, int taken)
    {
        var queue = Queue(s_limits);
        TestRow[] rows = [new(4, "first"), new(4, "second"), new(4, "third")];
        queue.Add(rows, 12);
        List<TestRow> batch = [];

        queue.Take(s_limits, batch, row => (slots -= row.Length) >= 0);

        Assert.Equal(rows[..taken], batch);
        Assert.Equal(3 - taken, queue.Depth);
    }

    [Fact]
    public void Take_RowInFrontThatNeedsMoreSlots_IsNotOvertaken()
    {
        var queue = Queue(s_limits);
        queue.Add([new TestRow(6), new TestRow(2)], 8);
        List<TestRow> batch = [];

        queue.Take(s_limits, batch, static row => row.Length <= 5);

        Assert.Empty(batch);
    }

    private static BatchQueue<TestRow> Queue(BatchLimits limits) => new(limits, runs: 1, "tokens", new FakeTimeProvider());
}
