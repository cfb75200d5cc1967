using SeqServe.Core.Decoding;
using SeqServe.Core.Decoding.Generation;

namespace SeqServe.UnitTests.Core.Decoding.Generation;

public class FinishedBeamsTests
{
    [Fact]
    public void Worst_UntilFull_IsWhatNoBeamHas()
    {
        var finished = new FinishedBeams(2);
        Add(finished, -3, 0);

        Assert.False(finished.IsFull);
        Assert.Equal(-1e9f, finished.Worst);
        Add(finished, -5, 1);
        Assert.True(finished.IsFull);
        Assert.Equal(-5, finished.Worst);
    }

    [Fact]
    public void Add_ToAFullOne_ReplacesTheWorst()
    {
        var finished = new FinishedBeams(2);
        Add(finished, -3, 0);
        Add(finished, -5, 1);
        Add(finished, -4, 2);

        Assert.Equal([0, 2], finished.Beams.Select(beam => beam.Node));
    }

    [Fact]
    public void Beams_OfEqualScores_StayInTheirOrder()
    {
        var finished = new FinishedBeams(4);
        Add(finished, -3, 0);
        Add(finished, -3, 1);
        Add(finished, -1, 2);
        Add(finished, -3, 3);

        Assert.Equal([2, 0, 1, 3], finished.Beams.Select(beam => beam.Node));
    }

    private static void Add(FinishedBeams finished, float score, int node) =>
        finished.Add(new FinishedBeam(score, node, 1, FinishReason.Eos));
}
