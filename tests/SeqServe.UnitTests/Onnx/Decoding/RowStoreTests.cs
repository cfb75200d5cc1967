using SeqServe.Onnx.Decoding;

namespace SeqServe.UnitTests.Onnx.Decoding;

public class RowStoreTests
{
    private const int Heads = 2;
    private const int Depth = 3;
    private const int StateSize = 4;

    /// <summary>Any order of joining, running, forking, replacing and leaving leaves each row with exactly its own past.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Rows_ThroughRandomChanges_KeepTheirOwnPast(int seed)
    {
        var random = new Random(seed);
        var (store, other) = (NewStore(), NewStore());
        List<Row> rows = [], others = [];
        var next = 1f;
        for (var change = 0; change < 600; change++)
        {
            switch (random.Next(8))
            {
                case 0 when rows.Count < 30:
                    rows.Add(Join(store, random.Next(1, 40), next++));
                    break;
                case 1 when others.Count < 6:
                    others.Add(Join(other, random.Next(1, 70), next++));
                    break;
                case 2 when others.Count > 0:
                    Run(other, others, 0, others.Count, random.Next(1, 20), random, ref next);
                    break;
                case 3 when others.Count > 0:
                    var moved = random.Next(others.Count);
                    store.AppendCopy(other, moved);
                    rows.Add(others[moved].Copy());
                    RemoveAt(other, others, moved);
                    break;
                case 4 when rows.Count is > 0 and < 30:
                    var forked = random.Next(rows.Count);
                    store.AppendCopy(store, forked);
                    rows.Add(rows[forked].Copy());
                    break;
                case 5 when rows.Count > 0:
                    RemoveAt(store, rows, random.Next(rows.Count));
                    break;
                case 6 when rows.Count > 1:
                    var (row, by) = (random.Next(rows.Count), random.Next(rows.Count));
                    // Replaced is only what has the same source.
                    if (ReferenceEquals(rows[row].Memory, rows[by].Memory))
                    {
                        store.Replace(row, by);
                        rows[row] = rows[by].Copy();
                    }

                    break;
                case 7 when rows.Count > 0:
                    var first = random.Next(3) == 0 ? random.Next(rows.Count) : 0;
                    Run(store, rows, first, first == 0 ? rows.Count : 1, 1, random, ref next);
                    break;
            }

            AssertHolds(store, rows);
            AssertHolds(other, others);
        }
    }

    [Fact]
    public void Append_InASlotThatHeldNotANumber_IsClean()
    {
        var store = NewStore();
        Join(store, 5, float.NaN);
        store.Caches[0].Past.Row(0).Fill(float.NaN);
        store.RemoveAt(0);

        Join(store, 3, 1);

        Assert.DoesNotContain(float.NaN, store.Caches[0].Past.Row(0).ToArray());
        Assert.DoesNotContain(float.NaN, store.Memory[0].Row(0).ToArray());
    }

    [Fact]
    public void Reserve_AfterAnOutlierHasGone_ShrinksTheExtents()
    {
        var store = NewStore();
        Join(store, 200, 1);
        store.ReserveSteps(300, []);
        var (source, cache) = (store.SourceExtent, store.CacheExtent);
        store.RemoveAt(0);

        Join(store, 3, 1);

        Assert.InRange(store.SourceExtent, 3, source / 4);
        Assert.InRange(store.CacheExtent, 1, cache / 4);
    }

    /// <summary>The last tensor that grows is the one there is no memory for, so that those before it have grown when it fails.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(12)]
    public void Reserve_GrowthThatFails_LeavesTheStoreAsItWas(int joined)
    {
        var store = NewStore(memoryDepth: 1 << 12);
        var rows = Enumerable.Range(0, joined).Select(i => Join(store, 4, i + 1, memoryDepth: 1 << 12)).ToList();
        var (slots, extent) = (store.Slots, store.CacheExtent);

        Assert.Throws<OverflowException>(() => store.Reserve(1 << 15, 4));

        Assert.Equal((slots, extent), (store.Slots, store.CacheExtent));
        Assert.Equal(rows.Select(row => row.Memory[0]), Enumerable.Range(0, joined).Select(row => store.Memory[0].Row(row)[0]));
        for (var i = joined; i < joined + slots; i++)
            rows.Add(Join(store, 4, i + 1, memoryDepth: 1 << 12));
        AssertHolds(store, rows);
    }

    [Fact]
    public void ReserveSteps_GrowthThatFails_KeepsTheExtentsOfAllCachesEqual()
    {
        var (small, large) = (new RowShape("small", [-1, 1, -1, 1], 2), new RowShape("large", [-1, 16, -1, 16], 2));
        var store = new RowStore(
            [], [new CacheTensor(new RowTensor(small), "s", new RowTensor(small)), new CacheTensor(new RowTensor(large), "l", new RowTensor(large))], []);
        store.Reserve(1, 0);
        store.Append(0);

        Assert.Throws<OverflowException>(() => store.ReserveSteps(1 << 20, []));

        Assert.All(store.Caches, cache => Assert.Equal(store.CacheExtent, cache.Past.Extent));
        store.ReserveSteps(store.CacheExtent + 1, []);
        Assert.All(store.Caches, cache => Assert.Equal(store.CacheExtent, cache.Past.Extent));
    }

    private static RowStore NewStore(int memoryDepth = 2)
    {
        var cache = new RowShape("past", [-1, Heads, -1, Depth], 2);
        return new RowStore(
            [new StateTensor(new RowShape("h_in", [-1, StateSize], -1), "h_out")],
            [new CacheTensor(new RowTensor(cache), "new", new RowTensor(cache))],
            [new RowTensor(new RowShape("memory", [-1, -1, memoryDepth], 1))]);
    }

    private static Row Join(RowStore store, int source, float mark, int memoryDepth = 2)
    {
        store.Reserve(1, source);
        var place = store.Append(source);
        Span<float> memory = new float[source * memoryDepth];
        for (var i = 0; i < memory.Length; i++)
            memory[i] = mark + (i / 1000f);
        store.Memory[0].Write(place, 0, memory, source, source);
        return new Row(source, memory.ToArray(), [], new float[StateSize]);
    }

    // What a graph would do: a new state, and new keys for each token that was read.
    private static void Run(RowStore store, List<Row> rows, int first, int count, int time, Random random, ref float next)
    {
        var lengths = Enumerable.Range(0, count).Select(_ => (long)random.Next(1, time + 1)).ToArray();
        store.ReserveSteps(time, store.PastLengths.Span.Slice(first, count));
        var (state, cache) = (store.States[0], store.Caches[0]);
        cache.Fresh.Resize(count, time, 0);
        for (var i = 0; i < count; i++)
        {
            next++;
            state.Following.Row(first + i).Fill(next);
            rows[first + i].State.AsSpan().Fill(next);
            var fresh = cache.Fresh.Row(i);
            for (var at = 0; at < fresh.Length; at++)
                fresh[at] = next + (at / 1000f);
            for (var step = 0; step < lengths[i]; step++)
            {
                var keys = Enumerable.Range(0, Heads).SelectMany(h => Enumerable.Range(0, Depth).Select(d => NewKey(cache.Fresh, i, h, step, d)));
                rows[first + i].Keys.Add([.. keys]);
            }
        }

        store.Take(first, lengths, time);
    }

    private static float NewKey(RowTensor fresh, int row, int head, int step, int depth) => fresh.Row(row)[(((head * fresh.Extent) + step) * Depth) + depth];

    private static void RemoveAt(RowStore store, List<Row> rows, int row)
    {
        store.RemoveAt(row);
        rows[row] = rows[^1];
        rows.RemoveAt(rows.Count - 1);
    }

    private static void AssertHolds(RowStore store, List<Row> rows)
    {
        Assert.Equal(rows.Count, store.Count);
        for (var row = 0; row < rows.Count; row++)
        {
            Assert.Equal(rows[row].State, store.States[0].Current.Row(row).ToArray());
            Assert.Equal(rows[row].Source, store.SourceLengths.Span[row]);
            Assert.Equal(rows[row].Memory, store.Memory[0].Row(row)[..rows[row].Memory.Length].ToArray());
            Assert.Equal(rows[row].Keys.Count, store.PastLengths.Span[row]);
            var past = store.Caches[0].Past;
            for (var step = 0; step < rows[row].Keys.Count; step++)
            {
                for (var head = 0; head < Heads; head++)
                {
                    var held = past.Row(row).Slice(((head * past.Extent) + step) * Depth, Depth);
                    Assert.True(held.SequenceEqual(rows[row].Keys[step].AsSpan(head * Depth, Depth)));
                }
            }
        }
    }

    private sealed record Row(int Source, float[] Memory, List<float[]> Keys, float[] State)
    {
        public Row Copy() => this with { Keys = [.. Keys], State = [.. State] };
    }
}
