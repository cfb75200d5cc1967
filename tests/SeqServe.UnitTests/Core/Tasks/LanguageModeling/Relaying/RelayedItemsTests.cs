using SeqServe.Core.Tasks.LanguageModeling.Relaying;

namespace SeqServe.UnitTests.Core.Tasks.LanguageModeling.Relaying;

public class RelayedItemsTests
{
    private readonly RelayedItems<int> _items = new(new Relay());

    [Fact]
    public async Task WaitAsync_ItemsFromAnotherThread_ComeInOrderAndAll()
    {
        const int Count = 10_000;
        var adding = Task.Run(() =>
        {
            for (var i = 0; i < Count; i++)
            {
                _items.Add(i);
                _items.Show();
            }

            _items.End();
        });

        Assert.Equal(Enumerable.Range(0, Count), await ReadAllAsync(_items));
        await adding;
    }

    [Fact]
    public async Task WaitAsync_ManyReadersOfOneRelay_EachGetsItsOwn()
    {
        var relay = new Relay();
        var all = Enumerable.Range(0, 16).Select(_ => new RelayedItems<int>(relay)).ToList();
        var reading = all.ConvertAll(items => Task.Run(() => ReadAllAsync(items)));
        for (var i = 0; i < 1000; i++)
        {
            for (var reader = 0; reader < all.Count; reader++)
                all[reader].Add((reader * 1000) + i);
            all.ForEach(items => items.Show());
        }

        all.ForEach(items => items.End());
        var read = await Task.WhenAll(reading);

        for (var reader = 0; reader < read.Length; reader++)
            Assert.Equal(Enumerable.Range(reader * 1000, 1000), read[reader]);
    }

    [Fact]
    public async Task WaitAsync_Failure_IsThrownBehindTheLastItem()
    {
        _items.Add(1);
        _items.End(new InvalidOperationException("first"));
        _items.End(new InvalidOperationException("second"));

        Assert.True(await _items.WaitAsync());
        Assert.True(_items.TryTake(out var item));
        Assert.Equal(1, item);
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(async () => await _items.WaitAsync());
        Assert.Equal("first", failure.Message);
    }

    [Fact]
    public async Task Add_ReaderThatWaits_IsNotContinuedOnThisThread()
    {
        var reader = 0;
        var adder = new Thread(() =>
        {
            _items.Add(1);
            _items.Show();
        });
        async Task ReadAsync()
        {
            await _items.WaitAsync();
            reader = Environment.CurrentManagedThreadId;
        }

        var reading = ReadAsync();
        adder.Start();
        adder.Join();
        await reading;

        Assert.NotEqual(adder.ManagedThreadId, reader);
    }

    private static async Task<List<int>> ReadAllAsync(RelayedItems<int> items)
    {
        var read = new List<int>();
        while (await items.WaitAsync())
        {
            while (items.TryTake(out var item))
                read.Add(item);
        }

        return read;
    }
}
