using SeqServe.Core.Batching;

namespace SeqServe.UnitTests.Core.Batching;

public class RowQueueTests
{
    [Fact]
    public void Cancelled_ManyRows_AreForgottenBeforeTheNextBatch()
    {
        var queue = new RowQueue<TestRow>();
        for (var i = 0; i < 1000; i++)
        {
            var row = new TestRow();
            queue.Add(row);
            row.Cancel(new TimeoutException());
            queue.Cancelled(row);
        }

        Assert.Equal(0, queue.Depth);
        Assert.InRange(queue.View().Length, 0, 64);
    }

    // Removing costs a pass over the list: not for each one, and not never.
    [Theory]
    [InlineData(64, 64)]
    [InlineData(65, 0)]
    public void Cancelled_AllRows_AreForgottenWhenThereAreMoreThanMayBeKept(int rows, int kept)
    {
        var queue = new RowQueue<TestRow>();
        var waiting = Enumerable.Range(0, rows).Select(_ => new TestRow()).ToList();
        waiting.ForEach(queue.Add);

        foreach (var row in waiting)
        {
            row.Cancel(new TimeoutException());
            queue.Cancelled(row);
        }

        Assert.Equal(kept, queue.View().Length);
    }

    // A row is cancelled without the queue's lock.
    [Fact]
    public void Take_RowCancelledSinceItWasPicked_IsLeftOutAndCountedOnce()
    {
        var queue = new RowQueue<TestRow>();
        TestRow[] rows = [new(3, "gone"), new(4, "stays")];
        foreach (var row in rows)
            queue.Add(row);
        rows[0].Cancel(new TimeoutException());
        List<TestRow> batch = [];

        queue.Take([0, 1], batch);
        Assert.Equal((1, 3L), (queue.Depth, queue.Tokens));
        queue.Cancelled(rows[0]);

        Assert.Equal([rows[1]], batch);
        Assert.Equal((0, 0L), (queue.Depth, queue.Tokens));
    }

    [Fact]
    public void View_LongQueue_EndsBehindTheLookAhead()
    {
        var queue = new RowQueue<TestRow>();
        for (var i = 0; i < 1000; i++)
            queue.Add(new TestRow());

        Assert.Equal(BatchAssembler.LookAhead + 1, queue.View().Length);
    }
}
