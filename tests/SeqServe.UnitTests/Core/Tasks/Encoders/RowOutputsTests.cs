using SeqServe.Core.Tasks.Encoders;

namespace SeqServe.UnitTests.Core.Tasks.Encoders;

public class RowOutputsTests
{
    // Two tokens of two numbers, and a third that is padding.
    private static readonly float[] s_computed = [1, 4, 3, 2, 9, 9];

    [Fact]
    public void All_OfARow_LeavesThePaddingOut() => Assert.Equal([1, 4, 3, 2], Kept(RowOutputs.All, 4));

    [Fact]
    public void Pooling_OfARow_CountsItsOwnTokensOnly()
    {
        Assert.Equal([1, 4], Kept(RowOutputs.First, 2));
        Assert.Equal([3, 2], Kept(RowOutputs.Last, 2));
        Assert.Equal([2, 3], Kept(RowOutputs.Mean, 2));
        Assert.Equal([3, 4], Kept(RowOutputs.Max, 2));
        Assert.Equal([4 / MathF.Sqrt(2), 6 / MathF.Sqrt(2)], Kept(RowOutputs.MeanOfRoot, 2));
    }

    private static float[] Kept(RowOutput output, int size)
    {
        var kept = new float[size];
        Array.Fill(kept, 7);
        output(s_computed, width: 2, length: 2, kept);
        return kept;
    }
}
