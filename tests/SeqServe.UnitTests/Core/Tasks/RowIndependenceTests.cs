using SeqServe.Core.Backends;
using SeqServe.Core.Tasks;

namespace SeqServe.UnitTests.Core.Tasks;

public class RowIndependenceTests
{
    [Fact]
    public void Measure_AnswerOfValidIdsOnly_IsFull() =>
        Assert.Equal(RowIndependence.Full, Measure((batch, row) => ValidIds(batch, row).Sum()));

    [Fact]
    public void Measure_AnswerOfThePaddingToo_IsEqualLengths() =>
        Assert.Equal(RowIndependence.EqualLengths, Measure((batch, row) => ValidIds(batch, row).Sum() / (float)batch.Time));

    [Fact]
    public void Measure_ScaleOverTheWholeBatch_IsNone() =>
        Assert.Equal(RowIndependence.None, Measure((batch, row) => ValidIds(batch, row).Sum() / (float)batch.Ids.ToArray().Max()));

    [Fact]
    public void Measure_NoiseOfTheLastDigits_IsFull() =>
        Assert.Equal(RowIndependence.Full, Measure((batch, row) => (ValidIds(batch, row).Length / 100f) + (batch.Rows * 1e-6f)));

    [Fact]
    public void Measure_NotANumberAmongNeighbours_IsNone() =>
        Assert.Equal(RowIndependence.None, Measure((batch, _) => batch.Rows > 1 ? float.NaN : 1));

    [Fact]
    public void Measure_RowsOfOneTokenAtMost_AreProbedWithinTheLimit() =>
        Assert.Equal(RowIndependence.Full, RowIndependenceProbe.Measure(
            batch => [batch.Time == 1 ? ValidIds(batch, 0)[0] : throw new BackendException("too long")], 100, minTokens: 1, maxTokens: 1, padId: 0));

    [Fact]
    public void Measure_RowsOfTwoTokensAtLeast_AreProbedWithinTheLimit() =>
        Assert.Equal(RowIndependence.Full, RowIndependenceProbe.Measure(
            batch => [batch.Lengths.Span[0] >= 2 ? ValidIds(batch, 0)[1] : throw new BackendException("too short")],
            100, minTokens: 2, maxTokens: 64, padId: 0));

    private static RowIndependence Measure(Func<PaddedBatch, int, float> answer) =>
        RowIndependenceProbe.Measure(batch => [answer(batch, 0)], vocabularySize: 500, minTokens: 1, maxTokens: 64, padId: 0);

    private static long[] ValidIds(PaddedBatch batch, int row) =>
        batch.Ids.Slice(row * batch.Time, (int)batch.Lengths.Span[row]).ToArray();
}
