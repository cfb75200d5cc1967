using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.Onnx.Decoding;

namespace SeqServe.UnitTests.Onnx.Decoding;

public sealed class ExportedGroupTests : IDisposable
{
    private const int MaxTokens = 60;
    private const int Heads = 2;
    private const int Size = 3;

    private static readonly ExportedCache[] s_caches =
    [
        new("key", "new_key", TensorElementType.Float, Heads, Size),
        new("value", "new_value", TensorElementType.Float, 1, 1),
    ];

    private readonly List<ExportedGroup> _groups = [];

    public void Dispose() => _groups.ForEach(group => group.Dispose());

    /// <summary>Any order of joining, running, forking, replacing, moving and leaving leaves each row with exactly its own past.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void Rows_ThroughRandomChanges_KeepTheirOwnPast(int seed)
    {
        var random = new Random(seed);
        ExportedGroup[] groups = [NewGroup(), NewGroup()];
        var rows = new Dictionary<ExportedRow, List<float>>();
        var next = 1f;
        for (var change = 0; change < 500; change++)
        {
            var group = groups[random.Next(2)];
            var any = group.Rows.Count == 0 ? null : group.Rows[random.Next(group.Rows.Count)];
            switch (random.Next(7))
            {
                case 0 when rows.Count < 24:
                    var fresh = new ExportedRow();
                    group.Enter(fresh, fresh);
                    rows[fresh] = [];
                    break;
                case 1 when any is not null && rows.Count < 24:
                    var fork = new ExportedRow();
                    groups[random.Next(2)].Enter(fork, any);
                    rows[fork] = [.. rows[any]];
                    break;
                case 2 when any is not null:
                    rows.Remove(any);
                    group.RemoveAt(any.Index);
                    break;
                case 3 when any is not null:
                    var (other, index) = (group == groups[0] ? groups[1] : groups[0], any.Index);
                    other.Enter(any, any);
                    group.RemoveAt(index);
                    break;
                case 4 when any is not null:
                    var replaced = group.Rows[random.Next(group.Rows.Count)];
                    if (replaced != any)
                    {
                        group.Replace(replaced, any);
                        rows[replaced] = [.. rows[any]];
                    }

                    break;
                case 5 when any is not null:
                    group.Trim();
                    break;
                default:
                    Run(group, rows, random, ref next);
                    break;
            }

            foreach (var (row, tokens) in rows)
                AssertHolds(row, tokens);
        }
    }

    [Fact]
    public void Fit_ColumnsOfARowThatHasLeft_AreGone()
    {
        var group = NewGroup();
        var rows = new Dictionary<ExportedRow, List<float>>();
        var next = 1f;
        foreach (var tokens in new[] { 50, 3 })
        {
            var row = new ExportedRow();
            group.Enter(row, row);
            rows[row] = [];
            Read(group, rows, [.. group.Rows.Select(other => other == row ? tokens : 0L)], tokens, ref next);
        }

        rows.Remove(group.Rows[0]);
        group.RemoveAt(0);
        group.Fit(1);

        Assert.Equal(3, group.Columns);
        AssertHolds(group.Rows[0], rows[group.Rows[0]]);
    }

    [Fact]
    public void Fit_RunBeyondTheMostTokens_LeavesNoColumnThatIsNoRows()
    {
        var group = NewGroup();
        var rows = new Dictionary<ExportedRow, List<float>>();
        var next = 1f;
        for (var i = 0; i < 2; i++)
        {
            var row = new ExportedRow();
            group.Enter(row, row);
            rows[row] = [];
        }

        // Each run pads the other row.
        for (var i = 0; i < 4; i++)
            Read(group, rows, i % 2 == 0 ? [10, 1] : [1, 10], 10, ref next);
        group.Fit(25);

        Assert.Equal(22, group.Columns);
        Assert.All(rows, row => AssertHolds(row.Key, row.Value));
    }

    private ExportedGroup NewGroup()
    {
        _groups.Add(new ExportedGroup(s_caches, [], MaxTokens));
        return _groups[^1];
    }

    private static void Run(ExportedGroup group, Dictionary<ExportedRow, List<float>> rows, Random random, ref float next)
    {
        var longest = group.Rows.Select(row => row.Length).DefaultIfEmpty(0).Max();
        var time = Math.Min(random.Next(1, 9), MaxTokens - longest);
        if (time < 1 || group.Rows.Count == 0)
            return;
        Read(group, rows, [.. group.Rows.Select(_ => (long)random.Next(0, time + 1))], time, ref next);
    }

    // What a graph would do: the past with the new tokens behind it, and something finite for padding.
    private static void Read(ExportedGroup group, Dictionary<ExportedRow, List<float>> rows, long[] lengths, int time, ref float next)
    {
        group.Fit(time);
        var (past, present) = (group.Columns, group.Columns + time);
        var first = next;
        next += group.Rows.Count * time;
        for (var c = 0; c < s_caches.Length; c++)
        {
            var (cache, buffers) = (s_caches[c], group.Caches[c]);
            var from = MemoryMarshal.Cast<byte, float>(buffers.Past);
            var to = MemoryMarshal.Cast<byte, float>(buffers.Next(group.Rows.Count, present));
            for (var line = 0; line < group.Rows.Count * cache.Heads; line++)
            {
                from.Slice(line * past * cache.Size, past * cache.Size).CopyTo(to[(line * present * cache.Size)..]);
                for (var t = 0; t < time; t++)
                    to.Slice(((line * present) + past + t) * cache.Size, cache.Size).Fill(first + (line / cache.Heads * time) + t);
            }
        }

        for (var i = 0; i < group.Rows.Count; i++)
            rows[group.Rows[i]].AddRange(Enumerable.Range(0, (int)lengths[i]).Select(t => first + (i * time) + t));
        group.Take(lengths, time);
    }

    private static void AssertHolds(ExportedRow row, List<float> tokens)
    {
        var group = row.Group;
        Assert.Same(row, group.Rows[row.Index]);
        Assert.Equal(tokens.Count, row.Length);
        var mask = row.Mask(group.Columns).ToArray();
        for (var c = 0; c < s_caches.Length; c++)
        {
            var cache = s_caches[c];
            var values = MemoryMarshal.Cast<byte, float>(group.Caches[c].Past);
            for (var head = 0; head < cache.Heads; head++)
            {
                var own = new List<float>();
                for (var column = 0; column < group.Columns; column++)
                {
                    var at = ((((row.Index * cache.Heads) + head) * group.Columns) + column) * cache.Size;
                    Assert.True(float.IsFinite(values[at]));
                    if (mask[column] == 1)
                        own.Add(values[at + cache.Size - 1]);
                }

                Assert.Equal(tokens, own);
            }
        }
    }
}
