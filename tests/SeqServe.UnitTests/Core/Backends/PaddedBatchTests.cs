using SeqServe.Core.Backends;

namespace SeqServe.UnitTests.Core.Backends;

public class PaddedBatchTests
{
    [Fact]
    public void SetRow_ShorterRows_ArePaddedToTheRight()
    {
        using var batch = new PaddedBatch(2, 3, padId: 9);

        batch.SetRow(0, [1, 2, 3]);
        batch.SetRow(1, [4]);

        Assert.Equal([1, 2, 3, 4, 9, 9], batch.Ids.ToArray());
        Assert.Equal([3, 1], batch.Lengths.ToArray());
    }

    // ONNX Runtime's LSTM and GRU kernels end the process on an empty batch.
    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(1, 0, 0)]
    [InlineData(1, 1, -1)]
    public void Batch_Empty_IsRefused(int rows, int time, int padId) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new PaddedBatch(rows, time, padId));

    [Fact]
    public void SetRow_WithoutIds_IsRefused()
    {
        using var batch = new PaddedBatch(1, 1, padId: 0);

        Assert.Throws<ArgumentOutOfRangeException>(() => batch.SetRow(0, []));
    }

    [Fact]
    public void Of_RowsOfUnequalLength_IsAsLongAsTheLongest()
    {
        int[][] rows = [[1], [2, 3, 4]];

        using var batch = PaddedBatch.Of(rows.Length, rows, static (rows, i) => rows[i], padId: 9);

        Assert.Equal((2, 3), (batch.Rows, batch.Time));
        Assert.Equal([1, 9, 9, 2, 3, 4], batch.Ids.ToArray());
        Assert.Equal([1, 3], batch.Lengths.ToArray());
    }

    [Fact]
    public void Of_RowsShorterThanTheLeastLength_IsPaddedToIt()
    {
        int[][] rows = [[1, 2]];

        using var batch = PaddedBatch.Of(rows.Length, rows, static (rows, i) => rows[i], padId: 9, minTime: 4);

        Assert.Equal([1, 2, 9, 9], batch.Ids.ToArray());
    }

    [Fact]
    public void Dispose_Twice_GivesTheMemoryBackOnce()
    {
        var batch = new PaddedBatch(2, 2, padId: 0);

        batch.Dispose();
        batch.Dispose();

        using var first = new PaddedBatch(2, 2, padId: 1);
        using var second = new PaddedBatch(2, 2, padId: 2);
        Assert.All(first.Ids.ToArray(), id => Assert.Equal(1, id));
    }
}
