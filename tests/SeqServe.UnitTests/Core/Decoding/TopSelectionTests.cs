using FsCheck.Xunit;
using SeqServe.Core.Decoding;

namespace SeqServe.UnitTests.Core.Decoding;

public class TopSelectionTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Select_RandomValues_IsWhatSortingGives(int count)
    {
        var random = new Random(count);
        // Few different values, so that ties are many.
        var values = Enumerable.Range(0, 1000).Select(_ => (float)random.Next(-50, 50)).ToArray();

        Assert.Equal(Sorted(values, count), Selected(values, count));
    }

    [Property]
    public void Select_AnyValues_IsWhatSortingGives(int[] values, int count)
    {
        if (values.Length == 0)
            return;
        var floats = Array.ConvertAll(values, v => (float)v);
        count = (int)(Math.Abs((long)count) % values.Length) + 1;

        Assert.Equal(Sorted(floats, count), Selected(floats, count));
    }

    [Fact]
    public void Select_InfiniteValues_AreOrderedLikeOthers() =>
        Assert.Equal([2, 1, 0], Selected([float.NegativeInfinity, 0, float.PositiveInfinity], 3));

    private static int[] Selected(float[] values, int count)
    {
        var indices = new int[count];
        TopSelection.Select(values, indices);
        return indices;
    }

    private static IEnumerable<int> Sorted(float[] values, int count) =>
        Enumerable.Range(0, values.Length).OrderByDescending(i => values[i]).ThenBy(i => i).Take(count);
}
