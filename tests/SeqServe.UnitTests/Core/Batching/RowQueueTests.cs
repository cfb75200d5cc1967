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

    [Fact]
    public void View_LongQueue_EndsBehindTheLookAhead()
    {
        var queue = new RowQueue<TestRow>();
        for (var i = 0; i < 1000; i++)
            queue.Add(new TestRow());

        Assert.Equal(BatchAssembler.LookAhead + 1, queue.View().Length);
    }
}
