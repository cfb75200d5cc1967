using SeqServe.Core.Backends;
using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

public class LoopRoomTests
{
    // 10 bytes a token read, 1 a token written.
    private static readonly CacheCost s_cost = new(10, 1, 1);

    private readonly CacheBudget _budget = new(1000);
    private readonly List<string> _woken = [];

    [Fact]
    public void TryTake_RowsOfUnequalLengths_CountsAllAsTheLongest()
    {
        var room = Room();

        Assert.True(room.TryTake(Sequence(read: 2, written: 5)));
        Assert.Equal(25, _budget.Held);
        Assert.True(room.TryTake(Sequence(read: 10, written: 1)));

        Assert.Equal(2 * (100 + 5), _budget.Held);
    }

    [Fact]
    public void Recount_SomeAreOver_GivesTheirMemoryBack()
    {
        var room = Room();
        var left = Sequence(read: 2, written: 5);
        Assert.True(room.TryTake(left) && room.TryTake(Sequence(read: 10, written: 1)));

        room.Recount([left]);

        Assert.Equal(25, _budget.Held);
        Assert.Equal(7, room.FreeSlots);
        room.Recount([]);
        Assert.Equal(0, _budget.Held);
    }

    [Fact]
    public void TryTake_NoSlots_IsNoMatterOfMemory()
    {
        var room = Room(slots: 1);
        Assert.True(room.TryTake(Sequence(read: 1)));

        Assert.False(room.TryTake(Sequence(read: 1)));

        Assert.False(room.IsBlocked);
        Assert.Equal(10, _budget.Held);
    }

    [Fact]
    public void TryTake_TensorOfMoreThanTwoGibibytes_IsRefusedWithoutWaiting()
    {
        var room = new LoopRoom(8, new CacheCost(0, 0, 1 << 20), _budget, () => _woken.Add("a"));
        Assert.True(room.TryTake(Sequence(read: 1000)));

        Assert.False(room.TryTake(Sequence(read: 1000)));

        Assert.False(room.IsBlocked);
    }

    [Fact]
    public void TryTake_NoMemory_WaitsUntilSomeIsGivenBack()
    {
        var (first, second) = (Room("first"), Room("second"));
        var large = Sequence(read: 90);
        Assert.True(first.TryTake(large));

        Assert.False(second.TryTake(Sequence(read: 20)));
        Assert.True(second.IsBlocked);
        first.Recount([]);

        Assert.Equal(["second"], _woken);
        Assert.False(second.IsBlocked);
        second.Begin();
        Assert.True(second.TryTake(Sequence(read: 20)));
    }

    [Fact]
    public void TryTake_OthersWait_TakesNothingBeforeThem()
    {
        var (first, second) = (Room("first"), Room("second"));
        Assert.True(first.TryTake(Sequence(read: 50)));
        Assert.False(second.TryTake(Sequence(read: 60)));

        // There is room for it, but it would keep the other waiting for ever.
        Assert.False(first.TryTake(Sequence(read: 1)));

        Assert.Contains("second", _woken);
        first.Recount([]);
        second.Begin();
        Assert.True(second.TryTake(Sequence(read: 60)));
        Assert.Equal("first", _woken[^1]);
    }

    [Fact]
    public void Forget_TheFirstOfThoseThatWait_WakesTheNext()
    {
        var (first, second, third) = (Room("first"), Room("second"), Room("third"));
        Assert.True(first.TryTake(Sequence(read: 60)));
        Assert.False(second.TryTake(Sequence(read: 90)));
        Assert.False(third.TryTake(Sequence(read: 30)));
        _woken.Clear();

        second.Forget();

        Assert.Equal(["third"], _woken);
        third.Begin();
        Assert.True(third.TryTake(Sequence(read: 30)));
    }

    private LoopRoom Room(string name = "", int slots = 8) => new(slots, s_cost, _budget, () => _woken.Add(name));

    private static GreedyTestSequence Sequence(int read, int written = 0) => new([.. Enumerable.Repeat(1, read)], 1) { MostSteps = written };
}
