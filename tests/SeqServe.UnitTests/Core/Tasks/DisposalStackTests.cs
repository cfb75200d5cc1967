using SeqServe.Core.Tasks;

namespace SeqServe.UnitTests.Core.Tasks;

public class DisposalStackTests
{
    [Fact]
    public void Dispose_OneThatThrows_DisposesTheOthersInReverseOrderAndReportsIt()
    {
        var order = new List<int>();
        var stack = new DisposalStack();
        stack.Add(new Disposal(() => order.Add(1)));
        stack.Add(new Disposal(() => throw new InvalidOperationException("native")));
        stack.Add(new Disposal(() => order.Add(3)));

        var fault = Assert.Throws<AggregateException>(stack.Dispose);

        Assert.Equal([3, 1], order);
        Assert.Equal("native", Assert.Single(fault.InnerExceptions).Message);
    }

    [Fact]
    public void Dispose_Twice_DisposesOnce()
    {
        var count = 0;
        var stack = new DisposalStack();
        stack.Add(new Disposal(() => count++));

        stack.Dispose();
        stack.Dispose();

        Assert.Equal(1, count);
    }

    private sealed class Disposal(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }
}
