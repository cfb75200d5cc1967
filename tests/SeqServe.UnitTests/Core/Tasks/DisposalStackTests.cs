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

        Assert.Equal("native", Assert.Throws<InvalidOperationException>(stack.Dispose).Message);

        Assert.Equal([3, 1], order);
    }

    [Fact]
    public void Dispose_SeveralThatThrow_ReportsAll()
    {
        var stack = new DisposalStack();
        stack.Add(new Disposal(() => throw new InvalidOperationException("first")));
        stack.Add(new Disposal(() => throw new InvalidOperationException("second")));

        Assert.Equal(["second", "first"], Assert.Throws<AggregateException>(stack.Dispose).InnerExceptions.Select(e => e.Message));
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
