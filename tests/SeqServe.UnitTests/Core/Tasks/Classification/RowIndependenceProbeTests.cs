using SeqServe.Core.Backends;
using SeqServe.Core.Tasks;
using SeqServe.Core.Tasks.Classification;

namespace SeqServe.UnitTests.Core.Tasks.Classification;

public class RowIndependenceProbeTests
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
        Assert.Equal(RowIndependence.Full, RowIndependenceProbe.Measure(new ProbedBackend((batch, row) => batch.Time == 1 ? ValidIds(batch, row)[0] : throw new BackendException("too long")), 100, maxTokens: 1, padId: 0));

    private static RowIndependence Measure(Func<PaddedBatch, int, float> answer) =>
        RowIndependenceProbe.Measure(new ProbedBackend(answer), vocabularySize: 500, maxTokens: 64, padId: 0);

    private static long[] ValidIds(PaddedBatch batch, int row) =>
        batch.Ids.Slice(row * batch.Time, (int)batch.Lengths.Span[row]).ToArray();

    private sealed class ProbedBackend(Func<PaddedBatch, int, float> answer) : IClassifierBackend
    {
        public int Classes => 1;

        public string Device => "cpu";

        public int Sessions => 1;

        public void Run(PaddedBatch batch, Span<float> logits)
        {
            for (var row = 0; row < batch.Rows; row++)
                logits[row] = answer(batch, row);
        }

        public void Dispose()
        {
        }
    }
}
